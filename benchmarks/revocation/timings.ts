// How long each credential is accepted after its session has ended, one ending after another.
import { setTimeout as wait } from 'node:timers/promises'
import { type Credentials, type Held, logInEachWay, send, signUp, type Way } from './client.ts'
import { type Ending, end } from './endings.ts'
import { type Refusal, untilRefused } from './refusals.ts'
import type { Services } from './services.ts'

/** One ending of a session, and how long each kind of credential was still accepted. */
export interface Timing extends Readonly<Record<Way, Refusal>> {
  readonly ending: Ending
}

// Not a multiple of the interval at which revocations are fetched, so that endings are at any time within it.
const betweenMilliseconds = 730
const everyMilliseconds = 25
// Longer than any credential should be accepted.
const withinSeconds = 30

/** Times this number of log-outs, and a quarter as many of each other ending. */
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

// The API is asked with the session's token, the service beside it with the access token.
function askBy({ origin, failOpen }: Services, way: Way, held: Held): () => Promise<number> {
  const asked = way === 'jwt' ? failOpen : origin
  return async () => (await send(asked, 'GET /v1/projects', { headers: held[way] })).status
}
