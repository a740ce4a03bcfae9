// Prints how long revoked credentials were still accepted, and what else was tried.
import { median } from '../statistics.ts'
import type { Way } from './client.ts'
import type { Ending } from './endings.ts'
import type { Needs } from './needs.ts'
import type { Away, Outage } from './outage.ts'
import type { Rotation } from './rotation.ts'
import type { Loot } from './script.ts'
import type { Theft } from './theft.ts'
import type { Timing } from './timings.ts'

export function printTimings(timings: readonly Timing[]): void {
  console.log(`
From the answer that a session is over to the first request that was refused for it

| what ended it | how often | way in | accepted meanwhile | median, s | maximum, s | all, s |
| --- | --- | --- | --- | --- | --- | --- |`)
  for (const ending of endings) for (const way of ways) printTiming(timings, ending, way)
}

const endings = ['log-out', 'ban', 'reset', 'deletion'] as const
const ways = ['bearer', 'cookie', 'jwt'] as const
const titles = { bearer: 'bearer', cookie: 'cookie', jwt: 'JWT, resource server' } as const

function printTiming(timings: readonly Timing[], ending: Ending, way: Way): void {
  const refusals = timings.filter((each) => each.ending === ending).map((each) => each[way])
  const seconds = refusals.map(({ milliseconds }) => milliseconds / 1_000).toSorted((a, b) => a - b)
  const columns = [
    ending,
    refusals.length,
    titles[way],
    refusals.reduce((sum, { accepted }) => sum + accepted, 0),
    median(seconds).toFixed(2),
    Math.max(...seconds).toFixed(2),
    // For the other two all of them are zero.
    way === 'jwt' ? seconds.map((each) => each.toFixed(1)).join(', ') : '',
  ]
  console.log(`| ${columns.join(' | ')} |`)
}

export function printRotation(title: string, rotation: Rotation, fetches: number): void {
  const { answered, refused, failed, keys, seconds } = rotation
  console.log(`
Keys change under load: ${title}

| what | measured |
| --- | --- |
| Good tokens that the two services were sent, in ${seconds} s | ${answered} |
| Keys that these were signed with | ${keys} |
| False 401 | ${refused} |
| Answered with something else than 200 or 401 | ${failed} |
| Times that the two asked the API for keys or revocations | ${fetches} |`)
}

export function printOutage({ awaySeconds, failOpen, failClosed }: Outage): void {
  console.log(`
The API is away for ${awaySeconds.toFixed(1)} s, and a good access token is sent

| the service | accepted | 503 | first 503 after, s | accepted again, after its return, s |
| --- | --- | --- | --- | --- |
${describe('fail-open', failOpen)}
${describe('fail-closed', failClosed)}`)
}

function describe(name: string, { accepted, unavailable, closedAfter, openAfter }: Away): string {
  const columns = [name, accepted, unavailable, inSeconds(closedAfter), inSeconds(openAfter)]
  return `| ${columns.join(' | ')} |`
}

function inSeconds(seconds: number | null): string {
  return seconds === null ? 'never' : seconds.toFixed(1)
}

export function printOthers({ theft, loot, needs }: { theft: Theft; loot: Loot; needs: Needs }) {
  console.log(`
| what | measured |
| --- | --- |
| Values of all tables, each tried as a bearer, as a cookie and as a JWT: accepted | ${theft.accepted} of ${theft.requests} |
| Tokens, cookies and JWTs in use that stand in the database's files | ${theft.found} of ${theft.sought} |
| A script copies the bearer's token, and sends it from elsewhere | ${loot.copiedToken} |
| The cookie is HttpOnly | ${loot.isHttpOnly ? 'yes' : 'no'} |
| A script asks for the cookie's token | ${loot.tokenByCookie} |
| A script asks for an access token by the cookie | ${loot.accessTokenByCookie}, for ${loot.accessTokenSeconds} s |
| The keys that a service fetches, bytes | ${needs.keysBytes} |
| The revocations, bytes | ${needs.revocationsBytes} |
| One GET /v1/session from the same machine, median, ms | ${needs.askMilliseconds.toFixed(2)} |`)
}
