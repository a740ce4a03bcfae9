// The same in a browser, which holds one session at a time.
import { cookieIn, inCookie, ownPage, type Server } from '../harness.ts'
import { admitByToken, wasGood } from './access.ts'
import { type Act, type Maker, request } from './act.ts'
import { endSessions } from './endings.ts'
import { devices } from './known.ts'
import { isRefused } from './limits.ts'
import { requireAnswer } from './replies.ts'
import { judgeLogIn } from './session-acts.ts'
import { liveSession, type State, userAt } from './state.ts'

/** Whatever the browser held before ends, once it is given another. */
export const logInInBrowser: Maker = (known, pick) => {
  const address = known.address(pick)
  const password = known.password(userAt(known.state, address), pick)
  const device = pick(devices) ?? ''
  const held = known.session(pick)
  const body = { email_address: address, password, transport: 'cookie' }
  const headers = { ...headersOf(held), 'user-agent': device }
  const act = request('POST /v1/session', { body, headers }, (state, reply) => {
    if (judgeLogIn(state, reply, { address, password, device })) endHeld(state, held)
  })
  return given(act)
}

/** A token in a header is put into a browser, which held another. */
export const rotateIntoBrowser: Maker = (known, pick) => {
  const token = known.session(pick)
  const held = known.session(pick)
  if (token === null) return null
  const sent = { token, body: { transport: 'cookie' }, headers: headersOf(held) }
  const act = request('PUT /v1/session/token', sent, (state, reply) => {
    const session = admitByToken(state, reply, token)
    if (!session) return
    if (isRefused(state, reply, ['session_token', session.userId])) return
    requireAnswer(reply, 200)
    session.token = reply.body.token
    endHeld(state, held)
  })
  return given(act)
}

/** In a cookie an API key is nothing. */
export const logOutInBrowser: Maker = (known, pick) => {
  const held = known.token(pick)
  return request('DELETE /v1/session', { headers: headersOf(held) }, (state, reply) => {
    if (held === null) return requireAnswer(reply, 401, 'unauthenticated')
    if (wasGood(state, held) && reply.status === 200) return
    if (!liveSession(state, held)) return requireAnswer(reply, 401, 'invalid_token')
    requireAnswer(reply, 200)
    endHeld(state, held)
  })
}

function headersOf(held: string | null): Record<string, string> {
  return held === null ? ownPage : inCookie(held)
}

function endHeld(state: State, held: string | null): void {
  const session = held === null ? null : liveSession(state, held)
  endSessions(state, (each) => each === session)
}

// With the token that only the browser sees.
function given(act: Act): Act {
  const send = async (server: Server) => {
    const reply = await act.send(server)
    if (reply.status !== 200) return reply
    const { session } = reply.body
    return { ...reply, body: { ...reply.body, token: cookieIn(reply), sessionId: session.id } }
  }
  return { ...act, send }
}
