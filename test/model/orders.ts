// In which order things that were done at once may have been done.
import type { Reply } from '../harness.ts'
import { noteUse, usedBy } from './access.ts'
import type { Act } from './act.ts'
import { goodNow, nothing, type State } from './state.ts'

/** An act, and what was answered. */
export interface Done {
  readonly act: Act
  readonly reply: Reply
}

export type Step = (state: State) => void

/** One act after the other, or the steps of one between those of the other. */
export function ordersOf(done: readonly Done[]): Step[][] {
  const [some = [], others] = done.map(waysOf)
  if (!others) return some.slice(0, 1)
  const orders = some.flatMap((one) => others.flatMap((other) => merged(one, other)))
  return orders.map((order) => [begin, ...order, end])
}

function begin(state: State): void {
  state.before = goodNow(state)
}

function end(state: State): void {
  state.before = nothing
}

function stepsOf({ act, reply }: Done): Step[] {
  return act.steps.map((judge) => (state) => {
    const used = usedBy(state, act.token)
    judge(state, reply)
    if (used) noteUse(state, used)
  })
}

/** With nothing before them, or with one of the detours. */
function waysOf(done: Done): Step[][] {
  const steps = stepsOf(done)
  const detours = done.act.detours ?? []
  return [steps, ...detours.map((judge) => [(state: State) => judge(state, done.reply), ...steps])]
}

/** Every order in which the steps of two acts can come, each act's own staying as they are. */
function merged(one: readonly Step[], other: readonly Step[]): Step[][] {
  const [first, ...rest] = one
  const [begin, ...left] = other
  if (!first || !begin) return [[...one, ...other]]
  return [
    ...merged(rest, other).map((order) => [first, ...order]),
    ...merged(one, left).map((order) => [begin, ...order]),
  ]
}
