// How long each credential outlives what ends its session, one ending after another.
import { setTimeout as wait } from 'node:timers/promises'
import { type Credentials, type Held, logInEachWay, send, signUp, type Way } from './client.ts'
import { type Ending, end } from './endings.ts'
import { type Refusal, untilRefused } from './refusals.ts'
import type { Services } from './services.ts'

/** One ending of a session, and how long each way in stayed open. */
export interface Timing extends Readonly<Record<Way, Refusal>> {
  readonly ending: Ending
}

// No multiple of how often revocations are asked for: the endings fall anywhere in between.
const betweenMilliseconds = 730
const everyMilliseconds = 25
// Longer than anything should take: then something is wrong.
const withinSeconds = 30

/** So many log-outs, and of everything else a quarter as many. */
export async function timeEndings(services: Services, logOuts: number): Promise<Timing[]> {
  const order = Array.from({ length: logOuts }, (_, turn): readonly Ending[] =>
    turn % 4 === 0 ? ['log-out', 'ban', 'reset', 'deletion'] : ['log-out'],
  ).flat()
  return Promise.all(
    order.map(async (ending, index) => {
      await wait(index * betweenMilliseconds)
      const emailAddress = `person-${index}@example.com`
      return timeEnding(services, ending, { emailAddress, password: 'once in three ways' })
    }),
  )
}

async function timeEnding(
  services: Services,
  ending: Ending,
  person: Credentials,
): Promise<Timing> {
  await signUp(services.origin, person)
  const held = await logInEachWay(services.origin, person)
  const asking = ways.map((way) => [way, askBy(services, way, held)] as const)
  for (const [way, ask] of asking) {
    const status = await ask()
    if (status !== 200) throw new Error(`The ${way} is answered with ${status} from the start`)
  }
  await end(ending, services, { person, held })
  const refused = asking.map(async ([way, ask]) => [
    way,
    await untilRefused(ask, { everyMilliseconds, withinSeconds }),
  ])
  return { ending, ...Object.fromEntries(await Promise.all(refused)) }
}

const ways = ['bearer', 'cookie', 'jwt'] as const

// The API takes the session's token, the service beside it the access token.
function askBy({ origin, failOpen }: Services, way: Way, held: Held): () => Promise<number> {
  const asked = way === 'jwt' ? failOpen : origin
  return async () => (await send(asked, 'GET /v1/projects', { headers: held[way] })).status
}
