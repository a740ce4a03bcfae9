// Signed tokens for other services, and the list of those whose session has ended.
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { revocationOf } from '../access-token.ts'
import type { Server } from '../harness.ts'
import { admit } from './access.ts'
import { type Maker, request } from './act.ts'
import { requireAnswer, requireSame, returned } from './replies.ts'
import { expiryOf, rules } from './state.ts'

export const issue: Maker = (known, pick) => {
  const token = known.session(pick)
  const act = request(
    'POST /v1/access_tokens',
    { token, body: { audience: 'billing' } },
    (state, reply) => {
      const session = admit(state, reply, token)
      if (!session) return
      requireAnswer(reply, 200)
      const { sid, iat, exp, sub } = decodeJwt(String(reply.body.access_token))
      const issued = Math.floor(state.now / 1_000)
      const end = Math.ceil(expiryOf(session) / 1_000)
      const until = Math.max(issued + 1, Math.min(issued + rules.accessToken / 1_000, end))
      requireSame('Who, from when and until', [sub, iat, exp], [session.userId, issued, until])
      requireSame('expires_in', reply.body.expires_in, until - issued)
      const alias = state.aliases.find((each) => each.sessionId === session.id)
      const expiresAt = until * 1_000 + rules.toleratedByServices
      // The same name as long as one of its tokens lives.
      if (alias && alias.expiresAt > state.now) requireSame('Its name', sid, alias.sid)
      state.aliases = state.aliases.filter((each) => each !== alias)
      const last = Math.max(expiresAt, alias?.expiresAt ?? 0)
      state.aliases.push({
        sid: String(sid),
        sessionId: session.id,
        issuedAt: state.now,
        expiresAt: last,
      })
    },
  )
  return act
}

/** The list, as it may be: a second later. */
export const listRevocations: Maker = (known) => ({
  says: 'GET /v1/revocations',
  token: null,
  send(server: Server) {
    known.wait(1_000)
    return server.send('GET /v1/revocations')
  },
  steps: [
    (state, reply) => {
      requireAnswer(reply, 200)
      const listed = new Set(reply.body.revoked)
      for (const { sid, sessionId, expiresAt } of state.aliases) {
        const isOver = !state.sessions.some(({ id }) => id === sessionId)
        const expected = isOver && expiresAt > state.now
        requireSame(`Whether ${sid} is listed`, listed.has(revocationOf(sid)), expected)
      }
    },
  ],
})

/** Every token that has not expired is good by the keys that are served, whoever signed it. */
export const verifyAll: Maker = (known) => ({
  says: 'GET /.well-known/jwks.json',
  token: null,
  async send(server: Server) {
    known.wait(1_000)
    const { body } = await server.send('GET /.well-known/jwks.json')
    const keys = createLocalJWKSet(body)
    const now = new Date(known.now)
    const good = known.issued.filter((each) => (decodeJwt(each).exp ?? 0) * 1_000 > now.getTime())
    const options = { currentDate: now, audience: 'billing', typ: 'at+jwt' }
    await Promise.all(good.map((each) => jwtVerify(each, keys, options)))
    return returned(null)
  },
  steps: [],
})

export const rotateSigningKey: Maker = () => ({
  says: 'another signing key',
  token: null,
  send: async ({ auth }) => returned(await auth.rotateSigningKey({ signs: 'soon' })),
  steps: [],
})
