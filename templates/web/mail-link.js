// The page behind a link in a mail: a form that sends what was typed with the token of the link.
// The token stands behind the # of the link: no server sees it there. Here it is taken out of the
// address bar and the history at once, and kept in this variable alone.
let token = ''

const api = find('meta[name="api-origin"]').content
const form = find('form')
const button = find('button')
const notice = find('.alert')
const fields = [...form.elements].map(({ name }) => name).filter((name) => name !== '')
const words = { ready: button.textContent, busy: button.dataset.busy, again: 'Try again' }
const patienceMilliseconds = 15_000

form.addEventListener('submit', submit)
find('#reveal').addEventListener('change', reveal)
// A second link, opened in this tab, changes nothing but what is behind the #.
window.addEventListener('hashchange', begin)
begin()

function begin() {
  token = location.hash.slice(1)
  history.replaceState(null, '', location.pathname)
  form.reset()
  reveal()
  clear()
  button.textContent = words.ready
  show(token === '' ? 'without-token' : 'choose')
  if (token !== '') form.elements[fields[0]].focus()
}

async function submit(event) {
  event.preventDefault()
  if (button.getAttribute('aria-busy') === 'true') return
  clear()
  setBusy(true)
  const answer = await send().catch(() => null)
  setBusy(false)
  if (answer?.status === 200) finish('done')
  else if (answer?.status === 401) finish('dead', messagesOf(answer.body))
  else if (answer?.status === 422) showProblems(answer.body)
  else refuse(explain(answer))
}

async function send() {
  const chosen = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]))
  const response = await fetch(api + form.dataset.path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, ...chosen }),
    credentials: 'omit',
    signal: AbortSignal.timeout(patienceMilliseconds),
  })
  const seconds = Number(response.headers.get('retry-after'))
  return { status: response.status, seconds, body: await response.json().catch(() => ({})) }
}

function finish(section, reasons = []) {
  token = ''
  form.reset()
  find('.reason').textContent = reasons.join(' ')
  show(section)
  find(`#${section} h1`).focus()
}

// What a field does wrong stands beside it; what belongs to no field of this page, above them all.
function showProblems(body) {
  const { details = [] } = body
  const here = details.filter(({ field }) => fields.includes(field))
  if (here.length === 0) return refuse(messagesOf(body).join(' '))
  for (const { field, message } of here) describe(field, message)
  form.elements[here[0].field].focus()
}

// The routes of password resets call them `errors`.
function messagesOf({ error = [], errors = error }) {
  return [errors].flat()
}

function describe(field, message) {
  const problem = find(`#${field}-problem`)
  problem.textContent = message
  problem.hidden = false
  form.elements[field].setAttribute('aria-invalid', 'true')
}

function explain(answer) {
  if (!answer) return 'The server cannot be reached. Check your connection, and try again.'
  const { status, seconds, body } = answer
  if (status === 429) return `Too many attempts. Try again ${inWords(seconds)}.`
  if (status === 503) return `The server cannot do this just now. Try again ${inWords(seconds)}.`
  const number = body.request_id ? ` If that does not help, tell us ${body.request_id}.` : ''
  return `Something went wrong. Try again.${number}`
}

function inWords(seconds) {
  if (!(seconds > 0)) return 'later'
  const minutes = Math.ceil(seconds / 60)
  if (minutes > 90) return `in ${Math.ceil(minutes / 60)} hours`
  if (seconds > 90) return `in ${minutes} minutes`
  return seconds === 1 ? 'in a second' : `in ${Math.ceil(seconds)} seconds`
}

function refuse(message) {
  notice.textContent = message
  notice.hidden = false
  button.textContent = words.again
  button.focus()
}

function clear() {
  notice.hidden = true
  for (const problem of document.querySelectorAll('.problem')) {
    problem.hidden = true
    problem.textContent = ''
  }
  for (const name of fields) form.elements[name].removeAttribute('aria-invalid')
}

// Not `disabled`, which would take the focus away from whoever pressed it.
function setBusy(isBusy) {
  button.setAttribute('aria-busy', String(isBusy))
  button.textContent = isBusy ? words.busy : words.ready
}

function reveal() {
  const type = find('#reveal').checked ? 'text' : 'password'
  for (const name of fields) form.elements[name].type = type
}

function show(id) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id
  document.title = find(`#${id} h1`).textContent
}

function find(selector) {
  return document.querySelector(selector)
}
