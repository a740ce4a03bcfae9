// One thing that somebody does: how it is sent, and what a model says of the answer.
import { bearer, type Reply, type Server } from '../harness.ts'
import type { Known } from './known.ts'
import type { State } from './state.ts'

/** Picks of several, whatever there is; nothing of nothing. It shrinks to the first. */
export type Pick = <T>(of: readonly T[]) => T | undefined

export interface Act {
  readonly says: string
  /** Whose use is noted after the answer. */
  readonly token: string | null
  send(server: Server): Promise<Reply>
  /** What it does, one step after the other; most acts are one. Others may act between two of them. */
  readonly steps: readonly Judge[]
  /** What may come before its steps where somebody else acts at the same time. */
  readonly detours?: readonly Judge[]
}

/**
 * What is so afterwards, written into the state.
 *
 * @throws Difference where the model would have answered otherwise
 */
export type Judge = (state: State, reply: Reply) => void

/** Makes an act of what there is, or null where nobody is there to do it. */
export type Maker = (known: Known, pick: Pick) => Act | null

interface Sent {
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** An act that is a request. */
export function request(line: string, sent: Sent, judge: Judge): Act {
  const { token = null, body } = sent
  const headers = { ...(token === null ? {} : bearer(token)), ...sent.headers }
  const said = [line, body, headers].filter(Boolean).map((each) => JSON.stringify(each))
  return {
    says: said.join(' '),
    token,
    send: (server) => server.send(line, body, headers),
    steps: [judge],
  }
}

/** The same with what the answer itself does not tell: the id of the session that began. */
export function beginning(act: Act): Act {
  const send = async (server: Server) => {
    const reply = await act.send(server)
    if (reply.status >= 300 || !reply.body.token) return reply
    const own = bearer(reply.body.token)
    const { body } = await server.send('GET /v1/session', undefined, own)
    // It may be over already, where somebody else acts at the same time.
    return { ...reply, body: { ...reply.body, sessionId: body.session?.id ?? '' } }
  }
  return { ...act, send }
}
