import { ApiError, type Client, type NewUser, type SignedUp } from 'latchkey/client'
import { useAction, useAuth } from 'latchkey/react'
import { Link, useLocation } from 'react-router'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { LinkSent } from '../parts/link-page.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { NarrowPage } from '../parts/page.tsx'
import { UnkeptNote } from '../parts/unkept-note.tsx'
import { useSessionEnd } from '../session-end.ts'

// Whose account was created last. This page is replaced while the API is asked for the session, and forgets its state.
let created = ''

export default function SignUpPage() {
  const { client } = useAuth()
  const { state: location } = useLocation()
  const end = useSessionEnd()
  const { state, run, reset } = useAction(async (user: NewUser) => {
    const outcome = await signUp(client, user)
    if (outcome !== 'confirmation_sent') created = user.email_address
    return { outcome, to: user.email_address }
  })
  const isUnkept = state.status === 'done' && state.result.outcome === 'unkept'
  if (created && (isUnkept || end === 'unkept')) return <Unkept to={created} />
  if (state.status === 'done' && state.result.outcome === 'confirmation_sent') {
    return <Sent to={state.result.to} retry={reset} />
  }
  return (
    <NarrowPage title="Sign up">
      <UnkeptNote />
      <Form
        state={state}
        submit="Sign up"
        ifLost="try to log in, or sign up again"
        onSend={({ email_address = '', password = '' }) => void run({ email_address, password })}
      >
        <Field label="Email address" name="email_address" type="email" autoComplete="username" />
        <NewPasswordField />
      </Form>
      <p className="aside">
        Already have an account?{' '}
        <Link to="/log-in" state={location}>
          Log in
        </Link>
      </p>
    </NarrowPage>
  )
}

type Outcome = SignedUp['outcome'] | 'unkept'

async function signUp(client: Client, user: NewUser): Promise<Outcome> {
  try {
    return (await client.registrations.create(user)).outcome
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'storage_failed') throw error
    // Reading fails before anything is sent. If it works, storing the token failed, and the account is there.
    await client.mayBeSignedIn()
    return 'unkept'
  }
}

// Without the form: the address is taken now.
function Unkept({ to }: { to: string }) {
  const { state: location } = useLocation()
  return (
    <NarrowPage title="Your account has been created">
      <p>
        But your browser didn’t keep you logged in. Allow this site to use cookies and to store
        data, or use another browser. Then log in as <strong>{to}</strong>.
      </p>
      <div className="actions">
        <Link className="button" to="/log-in" state={location}>
          Log in
        </Link>
      </div>
    </NarrowPage>
  )
}

// The same for an email address that is taken: it must not reveal who has an account.
function Sent({ to, retry }: { to: string; retry: () => void }) {
  return (
    <LinkSent retry={retry}>
      We’ve sent an email to <strong>{to}</strong>. Open the link in it to finish signing up.
    </LinkSent>
  )
}
