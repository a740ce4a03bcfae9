// What a hostile page has at hand, to be run in a browser. Each function sends what it is told to, a
// `{ method, url, fields }`, and resolves with whatever its page could see of the answer.

// A form that sends itself, here, in a frame, or in a new window.
export function form({ url, fields }, { method = 'post', enctype = '', target = 'frame' } = {}) {
  const frame = Object.assign(document.createElement('iframe'), { name: crypto.randomUUID() })
  const sent = document.createElement('form')
  const place = target === 'frame' ? frame.name : target
  Object.assign(sent, { method, action: url, enctype, target: place })
  const inputs = enctype === 'text/plain' ? plainJson(fields) : Object.entries(fields)
  for (const [name, value] of inputs) {
    sent.append(Object.assign(document.createElement('textarea'), { name, value }))
  }
  document.body.append(sent)
  if (target === '_top') return sent.submit()
  if (target === 'popup') return popup('about:blank', () => sent.submit())
  return shown(frame, () => sent.submit())
}

export async function formWithoutReferrer(act) {
  refer('no-referrer')
  const seen = await form(act)
  refer('strict-origin-when-cross-origin')
  return seen
}

function refer(content) {
  document.head.append(Object.assign(document.createElement('meta'), { name: 'referrer', content }))
}

// A form of plain text says `name=value`: this one reads as JSON around its equals sign.
function plainJson(fields) {
  const text = JSON.stringify({ ...fields, rest: '' })
  return [[text.slice(0, -2), text.slice(-2)]]
}

export async function request(
  { method, url, fields },
  { type = 'application/json', ...init } = {},
) {
  const body = ['GET', 'HEAD'].includes(method) ? {} : { body: encoded(fields, type) }
  const headers = {
    ...(typeof body.body === 'string' ? { 'content-type': type } : {}),
    ...init.headers,
  }
  try {
    const answer = await fetch(url, { credentials: 'include', method, ...body, ...init, headers })
    return [answer.type, answer.status, [...answer.headers], await answer.text()]
  } catch (error) {
    return String(error)
  }
}

function encoded(fields, type) {
  if (type === 'urlencoded') return new URLSearchParams(fields)
  if (type !== 'multipart') return JSON.stringify(fields)
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}

export function oldRequest({ method, url, fields }, type) {
  const old = new XMLHttpRequest()
  old.open(method, url)
  old.withCredentials = true
  old.setRequestHeader('content-type', type)
  return new Promise((resolve) => {
    old.onloadend = () => resolve([old.status, old.getAllResponseHeaders(), old.responseText])
    old.send(JSON.stringify(fields))
  })
}

export function beacon({ url, fields }, type) {
  const body = type.includes('/')
    ? new Blob([JSON.stringify(fields)], { type })
    : encoded(fields, type)
  return navigator.sendBeacon(url, body)
}

// Within a page that has no origin.
export function sandboxed({ url, fields }) {
  const frame = document.createElement('iframe')
  frame.sandbox = 'allow-forms allow-scripts'
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input name="${name}" value="${value}">`,
  )
  frame.srcdoc = `<form method="post" action="${url}">${inputs.join('')}</form><script>document.forms[0].submit()</script>`
  document.body.append(frame)
}

export function ping({ url }) {
  const link = document.createElement('a')
  Object.assign(link, { href: '#', ping: url })
  document.body.append(link)
  link.click()
}

export function worker({ url, fields }) {
  const init = { method: 'POST', mode: 'no-cors', credentials: 'include' }
  const sent = JSON.stringify({ ...init, body: JSON.stringify(fields) })
  const script = `fetch(${JSON.stringify(url)}, ${sent}).then(String, String).then(postMessage)`
  const started = new Worker(URL.createObjectURL(new Blob([script])))
  return new Promise((resolve) => {
    started.onmessage = ({ data }) => resolve(data)
  })
}

// An element that fetches.
export function element({ url }, name, attribute = 'src', others = {}) {
  const loaded = Object.assign(document.createElement(name), others)
  return shown(loaded, () => loaded.setAttribute(attribute, url))
}

// Whatever an element tells of what it has loaded.
function shown(loaded, begin) {
  const isFrame = loaded.localName === 'iframe'
  // It loads twice: first nothing.
  if (isFrame) document.body.append(loaded)
  return new Promise((resolve) => {
    const tell = ({ type }) => {
      resolve([type, ...looksOf(loaded)])
      loaded.remove()
    }
    for (const type of ['load', 'error', 'loadedmetadata']) loaded.addEventListener(type, tell)
    begin()
    if (!isFrame) document.body.append(loaded)
  })
}

function looksOf(loaded) {
  const { width, height } = loaded.getBoundingClientRect()
  const within = attempt(() => loaded.contentDocument?.body.textContent)
  const rules = attempt(() => loaded.sheet?.cssRules.length)
  const frames = attempt(() => loaded.contentWindow?.length)
  return [width, height, loaded.naturalWidth, loaded.duration, within, rules, frames].map(String)
}

function attempt(look) {
  try {
    return look()
  } catch (error) {
    return error.name
  }
}

// Opens a window, waits until it is elsewhere, looks in, and takes it back here.
export async function popup(url, begin = () => {}) {
  const opened = open(url, 'popup')
  begin()
  const place = () => attempt(() => opened.location.href)
  while (place() === 'about:blank') await pause()
  const seen = ['document', 'name', 'performance', 'history', 'localStorage'].map((name) =>
    attempt(() => String(opened[name])),
  )
  seen.push(opened.length, opened.closed)
  opened.location = location.href
  while (place() !== location.href) await pause()
  seen.push(opened.document.referrer, opened.document.cookie, opened.name)
  opened.close()
  return seen
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10))

export function stream({ url }) {
  const source = new EventSource(url, { withCredentials: true })
  return new Promise((resolve) => {
    source.onmessage = resolve
    source.onerror = () => {
      resolve(['error', source.readyState])
      source.close()
    }
  })
}

export function socket({ url }) {
  const opened = new WebSocket(url.replace('https:', 'wss:'))
  return new Promise((resolve) => {
    opened.onopen = () => resolve('open')
    opened.onclose = ({ code, reason }) => resolve([code, reason])
  })
}
