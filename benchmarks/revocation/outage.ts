// What the services beside the API answer while it is away, and after it has returned.
import { setTimeout as wait } from 'node:timers/promises'
import { type Held, logInEachWay, send, signUp } from './client.ts'
import type { Services } from './services.ts'

/** The answers of a service to a valid access token. */
export interface Outage {
  readonly awaySeconds: number
  readonly failOpen: Away
  readonly failClosed: Away
}

export interface Away {
  /** How many requests were accepted from the end of the API to its return. */
  readonly accepted: number
  readonly unavailable: number
  /** Seconds from its end to the first request that was answered with 503; null if none was. */
  readonly closedAfter: number | null
  /** Seconds from its return to the first accepted request. */
  readonly openAfter: number | null
}

// More than twice the time for which revocations are kept by default.
const awaySeconds = 25
const backSeconds = 5
const pauseMilliseconds = 25

export async function takeApiAway(services: Services): Promise<Outage> {
  const { origin, failOpen, failClosed } = services
  const person = { emailAddress: 'outage@example.com', password: 'asks while nobody answers' }
  await signUp(origin, person)
  const { jwt } = await logInEachWay(origin, person)
  let isOver = false
  const asking = [failOpen, failClosed].map((service) => askUntil(service, jwt, () => isOver))
  await wait(1_000)
  await services.stopApi()
  const from = performance.now()
  await wait(awaySeconds * 1_000)
  await services.startApi()
  const to = performance.now()
  await wait(backSeconds * 1_000)
  isOver = true
  const [open = [], closed = []] = await Promise.all(asking)
  return {
    awaySeconds: (to - from) / 1_000,
    failOpen: summarise(open, { from, to }),
    failClosed: summarise(closed, { from, to }),
  }
}

interface Answered {
  readonly at: number
  readonly status: number
}

/** @throws Error for an answer that is neither a 200 nor a 503 */
async function askUntil(
  service: string,
  headers: Held['jwt'],
  isOver: () => boolean,
): Promise<Answered[]> {
  const answers: Answered[] = []
  while (!isOver()) {
    const at = performance.now()
    const { status } = await send(service, 'GET /v1/projects', { headers })
    if (status !== 200 && status !== 503) throw new Error(`A good token is answered with ${status}`)
    answers.push({ at, status })
    await wait(pauseMilliseconds)
  }
  return answers
}

function summarise(
  answers: readonly Answered[],
  { from, to }: { readonly from: number; readonly to: number },
): Away {
  const away = answers.filter(({ at }) => at >= from && at < to)
  const firstWith = (status: number, since: number) => {
    const found = answers.find((each) => each.at >= since && each.status === status)
    return found ? (found.at - since) / 1_000 : null
  }
  return {
    accepted: away.filter(({ status }) => status === 200).length,
    unavailable: away.filter(({ status }) => status === 503).length,
    closedAfter: firstWith(503, from),
    openAfter: firstWith(200, to),
  }
}
