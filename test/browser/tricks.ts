/** A way to make a browser send something, in the words of hostile-page.js. */
export interface Trick {
  readonly name: string
  /** What the page evaluates; `act` is what to send. */
  readonly script: string
  /** From pages of which site the browser sends the cookie along. */
  readonly cookie: 'from every site' | 'from the same site' | 'from none'
  /** Whether the page gives way to the answer. */
  readonly page: 'stays' | 'leaves'
}

/** What is sent without asking, and so comes to the route. */
export const posts: readonly Trick[] = [
  lax('a form', 'form(act)'),
  lax('a form of plain text that reads as JSON', `form(act, { enctype: 'text/plain' })`),
  lax('a form in parts', `form(act, { enctype: 'multipart/form-data' })`),
  leaving(lax('a form in place of the page', `form(act, { target: '_top' })`)),
  lax('a form in a new window', `form(act, { target: 'popup' })`),
  lax('a form that hides where it comes from', 'formWithoutReferrer(act)'),
  lax('a form that is sent on from here', `form({ ...act, url: '/redirect?' + act.url })`),
  bare('a form without an origin', 'sandboxed(act)'),
  lax('fetch, urlencoded', `request(act, { type: 'urlencoded', mode: 'no-cors' })`),
  lax('fetch, JSON as plain text', `request(act, { type: 'text/plain', mode: 'no-cors' })`),
  lax('fetch, in parts', `request(act, { type: 'multipart', mode: 'no-cors' })`),
  lax('fetch that asks to read the answer', `request(act, { type: 'urlencoded' })`),
  lax('fetch that outlives the page', `request(act, { type: 'urlencoded', keepalive: true })`),
  lax('XMLHttpRequest', `oldRequest(act, 'text/plain')`),
  lax('a beacon, urlencoded', `beacon(act, 'urlencoded')`),
  lax('a beacon, JSON as plain text', `beacon(act, 'text/plain')`),
  lax('a beacon in parts', `beacon(act, 'multipart')`),
  lax('the ping of a link', 'ping(act)'),
  lax('a worker', 'worker(act)'),
]

const override = `{ 'x-http-method-override': act.method }`
const disguise = `{ 'sec-fetch-site': 'same-origin', 'x-requested-with': 'XMLHttpRequest' }`

/** What asks first, by a preflight, and gets no further. */
export const asking: readonly Trick[] = [
  bare('fetch, JSON', 'request(act)'),
  bare(
    'fetch with a method override',
    `request({ ...act, method: 'POST' }, { type: 'urlencoded', headers: ${override} })`,
  ),
  bare('fetch with headers that a page may not set', `request(act, { headers: ${disguise} })`),
  bare('XMLHttpRequest, JSON', `oldRequest(act, 'application/json')`),
  bare('a beacon, JSON', `beacon(act, 'application/json')`),
]

const preload = `{ rel: 'preload', as: 'fetch', crossOrigin: 'use-credentials' }`

/** What only reads. */
export const reads: readonly Trick[] = [
  lax('an image', `element(act, 'img')`),
  lax('a frame', `element(act, 'iframe')`),
  lax('a script', `element(act, 'script')`),
  bare('a module', `element(act, 'script', 'src', { type: 'module' })`),
  lax('a style sheet', `element(act, 'link', 'href', { rel: 'stylesheet' })`),
  lax('an object', `element(act, 'object', 'data')`),
  lax('an embedded document', `element(act, 'embed')`),
  lax('a video', `element(act, 'video')`),
  lax('an event stream', 'stream(act)'),
  lax('a web socket', 'socket(act)'),
  lax('fetch that cannot read', `request(act, { mode: 'no-cors' })`),
  lax('fetch', 'request(act)'),
  lax('a form that gets', `form(act, { method: 'get' })`),
  free('a new window', 'popup(act.url)'),
  leaving(free('a visit', 'void (location = act.url)')),
  // Last: what they bring may be taken by others on the same page.
  lax('a prefetch', `element(act, 'link', 'href', { rel: 'prefetch' })`),
  lax('a preload', `element(act, 'link', 'href', ${preload})`),
]

function lax(name: string, script: string): Trick {
  return { name, script, cookie: 'from the same site', page: 'stays' }
}

function free(name: string, script: string): Trick {
  return { name, script, cookie: 'from every site', page: 'stays' }
}

function bare(name: string, script: string): Trick {
  return { name, script, cookie: 'from none', page: 'stays' }
}

function leaving(trick: Trick): Trick {
  return { ...trick, page: 'leaves' }
}
