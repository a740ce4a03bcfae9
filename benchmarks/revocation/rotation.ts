// Signing keys change under load, and nobody with a valid token may be refused because of it.
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { startProcess } from '../processes.ts'
import { type Held, logIn, send, signUp, takeAccessToken } from './client.ts'
import type { Services } from './services.ts'

/** The answers to valid tokens, from before a change of the key until after it. */
export interface Rotation {
  readonly answered: number
  /** The number of answers with 401. */
  readonly refused: number
  /** The number of answers with neither 401 nor 200. */
  readonly failed: number
  /** The number of keys with which the tokens were signed. */
  readonly keys: number
  readonly seconds: number
}

// Each asks for tokens as often as the limit allows, which together is two a second.
const people = 8
const renewMilliseconds = 4_000
const pauseMilliseconds = 2
// A process reads the keys once a minute.
const knownSeconds = 65
const leadSeconds = 5
const tailSeconds = 10

/**
 * Rotates by `latchkey signing-keys rotate`, whose key signs after a quarter of an hour, shortened here to little more
 * than a minute; or with `--now`, whose key signs as soon as the API knows it.
 */
export async function rotateUnderLoad(
  services: Services,
  how: 'announced' | 'at once',
): Promise<Rotation> {
  const seconds = leadSeconds + knownSeconds + tailSeconds
  const counts = { answered: 0, refused: 0, failed: 0 }
  const keys = new Set<string>()
  const until = performance.now() + seconds * 1_000
  const asking = Array.from({ length: people }, async (_, index) => {
    const person = { emailAddress: `${how.replace(' ', '-')}-${index}@example.com`, password }
    await signUp(services.origin, person)
    const session = await logIn(services.origin, person)
    const tokens: Held['jwt'][] = []
    for (let renewAt = performance.now(), turn = index; performance.now() < until; turn++) {
      if (performance.now() >= renewAt) {
        tokens.push(await takeAccessToken(services.origin, session))
        keys.add(keyOf(tokens.at(-1)))
        renewAt += renewMilliseconds
      }
      // Alternately the newest token and any of the earlier ones.
      const headers = tokens.at(turn % 2 === 0 ? -1 : turn % tokens.length) ?? {}
      const asked = turn % 4 < 2 ? services.failOpen : services.failClosed
      const { status } = await send(asked, 'GET /v1/projects', { headers })
      counts.answered++
      if (status === 401) counts.refused++
      else if (status !== 200) counts.failed++
      await wait(pauseMilliseconds)
    }
  })
  const rotating = wait(leadSeconds * 1_000).then(() => rotate(services, how))
  await Promise.all([...asking, rotating])
  return { ...counts, keys: keys.size, seconds }
}

const password = 'asks while keys change'

function keyOf(held: Held['jwt'] = {}): string {
  const [header = ''] = held.authorization?.slice('Bearer '.length).split('.') ?? []
  return JSON.parse(Buffer.from(header, 'base64url').toString()).kid
}

async function rotate({ file, environment, log }: Services, how: string): Promise<void> {
  const args = ['signing-keys', 'rotate', ...(how === 'at once' ? ['--now'] : [])]
  const options = { core: 'load', args, environment, log } as const
  const [code] = await once(startProcess('../src/cli/latchkey.ts', options), 'exit')
  if (code !== 0) throw new Error(`The command failed; ${log} says why`)
  if (how === 'announced') shorten(file)
}

// Must run before the API reads the keys again.
function shorten(file: string): void {
  const database = new DatabaseSync(file)
  const signsFrom = Date.now() + knownSeconds * 1_000
  const { changes } = database
    .prepare('UPDATE signing_keys SET signs_from = ?1 WHERE signs_from > ?1')
    .run(signsFrom)
  database.close()
  if (changes !== 1) throw new Error('No key is announced')
}
