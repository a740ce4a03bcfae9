// A page in StrictMode that says who is logged in, three times over, and what became of a form.
import { createClient, inWebStorage } from 'latchkey/client'
import { AuthProvider, useAction, useAuth, useSession } from 'latchkey/react'
import { createElement as h, StrictMode, useEffect } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'

const client = createClient('https://api.example.test', { session: inWebStorage('localStorage') })

// All that was ever shown, and what was complained of.
const shown = []
const complaints = []
let session
let auth
let action

function Who() {
  session = useSession()
  const text = session.user?.email_address ?? session.status
  if (shown.at(-1) !== text) shown.push(text)
  return h('p', { className: 'who' }, text)
}

function Form() {
  useEffect(() => {
    window.app.effects += 1
  }, [])
  auth = useAuth()
  action = useAction(auth.client.session.create)
  return h('p', { id: 'form' }, action.state.status)
}

function page(...asking) {
  const parts = asking.map((each, index) => h(each, { key: index }))
  return h(StrictMode, null, h(AuthProvider, { client }, parts))
}

const place = document.getElementById('root')
// A server draws what nobody is logged in on: see the test.
const root = place.hasChildNodes()
  ? hydrateRoot(place, page(Who, Who, Who, Form), { onRecoverableError: complain })
  : createRoot(place)

function complain(error) {
  complaints.push(String(error))
}

window.app = {
  client,
  shown,
  complaints,
  effects: 0,
  show: () => root.render(page(Who, Who, Who, Form)),
  hide: () => root.render(page(Form)),
  session: () => session,
  auth: () => auth,
  action: () => action,
}
