// What an operator does, and what happens by itself.
import { AuthError } from 'latchkey/server'
import type { Server } from '../harness.ts'
import { newUser } from './account-acts.ts'
import type { Act, Judge, Maker } from './act.ts'
import { endEverything, endSessions, removeUser, voidLinks } from './endings.ts'
import type { User } from './entities.ts'
import { mostly, passwords } from './known.ts'
import { recover } from './limits.ts'
import { requireAnswer, requireSame, returned } from './replies.ts'
import { type State, userAt } from './state.ts'

export type Verb = (server: Server) => Promise<unknown>

/** An act that is no request: what the verb returns is its answer. */
export function verb(says: string, call: Verb, ...steps: readonly Judge[]): Act {
  const send = async (server: Server) => {
    try {
      return returned(await call(server))
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return { ...returned({ code: error.code }), status: 422 }
    }
  }
  return { says, token: null, send, steps }
}

/** What an operator does to somebody who may be gone meanwhile. */
function upon(
  name: string,
  call: (server: Server, id: string) => Promise<unknown>,
  does: Does,
): Maker {
  const maker: Maker = (known, pick) => {
    const id =
      mostly(
        pick,
        known.state.users.map((each) => each.id),
        known.ids,
      ) ?? ''
    return verb(
      `${name} ${id}`,
      (server) => call(server, id),
      (state, reply) => {
        requireAnswer(reply, 200)
        const user = state.users.find((each) => each.id === id)
        if (user) does(state, user)
      },
    )
  }
  return Object.defineProperty(maker, 'name', { value: name })
}

type Does = (state: State, user: User) => void

const ban = upon(
  'ban',
  ({ auth }, id) => auth.banUser(id),
  (state, user) => {
    if (user.isBanned) return
    user.isBanned = true
    endEverything(state, user)
    voidLinks(state, user)
  },
)

const unban = upon(
  'unban',
  ({ auth }, id) => auth.unbanUser(id),
  (_state, user) => {
    user.isBanned = false
  },
)

const remove = upon(
  'remove',
  async ({ auth }, id) => {
    const user = await auth.findUser({ id })
    if (user) await auth.deleteUser(user)
  },
  removeUser,
)

const logOutEverywhere = upon(
  'log out everywhere',
  ({ auth }, id) => auth.revokeSessions(id),
  (state, user) => endSessions(state, ({ userId }) => userId === user.id),
)

const createUser: Maker = (known, pick) => {
  const emailAddress = pick(known.addresses) ?? ''
  const password = pick(passwords) ?? ''
  const call: Verb = ({ auth }) => auth.createUser({ emailAddress, password })
  return verb(`create ${emailAddress} ${password}`, call, (state, reply) => {
    if (userAt(state, emailAddress)) return requireAnswer(reply, 422, 'email_address_taken')
    requireAnswer(reply, 200)
    const user = newUser(reply.body.id, emailAddress, password)
    state.users.push(user)
    recover(state, user)
  })
}

const setPassword: Maker = (known, pick) => {
  const emailAddress = known.address(pick)
  const password = pick(passwords) ?? ''
  const call: Verb = ({ auth }) => auth.setPassword({ emailAddress, password })
  return verb(`set ${emailAddress} ${password}`, call, (state, reply) => {
    const user = userAt(state, emailAddress)
    requireSame('Whoever it was', reply.body?.id, user?.id)
    if (!user) return
    user.password = password
    recover(state, user)
    voidLinks(state, user)
  })
}

export const ordinaryVerbs = [ban, unban, remove, logOutEverywhere, createUser, setPassword]
