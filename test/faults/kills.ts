import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createChance } from './chance.ts'
import { killedAt } from './strace.ts'
import { childrenOf, type Target } from './target.ts'
import type { World } from './world.ts'

/**
 * When a server dies: at a moment that chance chooses; as soon as it has acknowledged something; one
 * process of it alone; or at the nth call of the system.
 */
export type KillMode = 'moment' | 'answer' | 'one process' | (string & {})

export interface KillPlan {
  readonly kills: number
  readonly seed: number
  /** In turn; what is no moment is the name of a call, such as `fdatasync`. */
  readonly modes: readonly KillMode[]
}

/** Kills the server again and again, starts it each time, and looks at the tables. */
export async function killAgainAndAgain(
  world: World,
  { kills, seed, modes }: KillPlan,
): Promise<void> {
  const chance = createChance(seed)
  const counts = new Map<string, number>()
  await world.target.start()
  await world.target.ready()
  for (let kill = 0; kill < kills; kill++) {
    const mode = modes[kill % modes.length] ?? 'moment'
    if (mode === 'moment' || mode === 'answer' || mode === 'one process') {
      await untilBusy(world, 3 + chance.below(30))
      if (mode !== 'answer') await wait(chance.below(100))
      else await untilAnswered(world, 2_000)
      await killNow(world, mode)
    } else {
      const count = (counts.get(mode) ?? 0) + 1
      counts.set(mode, count)
      await killAtCall(world, mode, count)
    }
    const damage = await world.tables.damage()
    for (const what of damage)
      world.history.append({ type: 'damage', at: world.history.now(), what })
  }
}

const longestWaitMilliseconds = 20_000

// So that a slow machine is not killed before it has done anything.
async function untilBusy({ history }: World, operations: number): Promise<void> {
  const from = history.entries.length
  const latest = performance.now() + longestWaitMilliseconds
  const count = () => {
    const since = history.entries.slice(from)
    return since.filter((entry) => entry.type === 'operation' && entry.result === 'ok').length
  }
  while (count() < operations && performance.now() < latest) await wait(20)
}

// In the same turn in which the answer came, while others are in the midst of theirs.
async function untilAnswered({ history }: World, patienceMilliseconds: number): Promise<void> {
  const latest = performance.now() + patienceMilliseconds
  const isAnswer = () => {
    const last = history.entries.at(-1)
    return last?.type === 'operation' && last.result === 'ok' && last.effects.length > 1
  }
  while (isAnswer()) await new Promise((resolve) => setImmediate(resolve))
  while (!isAnswer() && performance.now() < latest) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function killNow(world: World, mode: KillMode): Promise<void> {
  const { history, target } = world
  const [supervisor = 0] = target.pids()
  const workers = childrenOf(supervisor)
  const point = `${mode}: ${world.underWay()}`
  const at = history.now()
  const [worker] = workers
  if (mode === 'one process' && worker !== undefined) {
    process.kill(worker, 'SIGKILL')
  } else {
    target.signal('SIGKILL')
    await target.ended()
    await target.start()
  }
  await target.ready()
  history.append({ type: 'fault', name: 'kill', at, point, recoveredAfter: history.now() - at })
}

// Every fifth time it dies while it starts, and recovers from the kill before; else under load. Where it
// never comes so far, it dies as at any moment.
async function killAtCall(world: World, call: string, count: number): Promise<void> {
  const { history, target } = world
  const isAtStart = count % 5 === 0
  if (!isAtStart) await untilBusy(world, 3)
  const tooLong = setTimeout(() => target.signal('SIGKILL'), longestWaitMilliseconds)
  if (isAtStart) {
    target.signal('SIGKILL')
    await target.ended()
    await target.start(...killedAt(call, count))
  } else {
    await attach(target, killedAt(call, count))
  }
  await target.ended()
  clearTimeout(tooLong)
  const at = history.now()
  const point = `${call} ${count}${isAtStart ? ' of a start' : ''}`
  await target.start()
  await target.ready()
  history.append({ type: 'fault', name: 'kill', at, point, recoveredAfter: history.now() - at })
}

async function attach(target: Target, [command = '', ...args]: readonly string[]): Promise<void> {
  const [pid] = target.pids()
  const strace = spawn(command, [...args, '-p', String(pid)], { stdio: 'ignore' })
  const [code] = await Promise.race([once(strace, 'exit'), target.ended().then(() => [0])])
  // It ends with what it is attached to, and before that only where it may not attach.
  if (code !== 0) throw new Error('strace may not attach to a process: that takes root')
}
