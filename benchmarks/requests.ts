// Requests as they are sent, and the files from which the load reads them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Accounts, Action } from './accounts.ts'
import type { Peer } from './peers.ts'
import { emailAddressOf, password, stormers, users } from './people.ts'

/** The kinds of requests with a token, and of those without one. */
type Read = 'check' | 'session'
export type Kind = Read | AccountKind
type AccountKind = 'log-in' | 'storm' | 'sign-up' | 'reset-request' | 'reset'

const anotherPassword = 'measured again and in turns'

export function isRead(kind: Kind): kind is Read {
  return kind === 'check' || kind === 'session'
}

/** The status with which a request of this kind is answered. */
export function statusOf({ accounts }: Peer, kind: Kind): number {
  if (isRead(kind)) return 200
  return accounts?.[actions[kind]].status ?? Number.NaN
}

const actions = {
  'log-in': 'logIn',
  storm: 'logIn',
  'sign-up': 'signUp',
  'reset-request': 'requestReset',
  reset: 'redeemReset',
} as const satisfies Record<AccountKind, keyof Accounts>

let written = 0

/** Writes the requests of one kind to a file, and returns its path. */
export function writeRequests(peer: Peer, kind: Kind, folder: string): string {
  const file = join(folder, `requests-${++written}.json`)
  writeFileSync(file, JSON.stringify(list(peer, kind)))
  return file
}

/** Writes the log-ins of the users with these numbers to a file, and returns its path. */
export function writeLogIns(accounts: Accounts, people: readonly number[], folder: string): string {
  const file = join(folder, `requests-${++written}.json`)
  writeFileSync(file, JSON.stringify(people.map((index) => logIn(accounts, index))))
  return file
}

/** The first request in a file. */
export function firstRequest(file: string): string {
  const [request]: string[] = JSON.parse(readFileSync(file, 'utf8'))
  return request ?? ''
}

function list({ fixture, accounts }: Peer, kind: Kind): string[] {
  const { credentials } = fixture
  if (kind === 'check') return shuffled(credentials).map((line) => get('/v1/projects', line))
  if (kind === 'session') return shuffled(credentials).map((line) => get('/v1/session', line))
  if (!accounts) throw new Error('Nobody has a password here')
  if (kind === 'reset') return resets(accounts)
  if (kind === 'reset-request') return resetRequests(accounts)
  const write = { 'log-in': logIn, storm: logInOwn, 'sign-up': signUp }[kind]
  return Array.from({ length: users }, (_, index) => write(accounts, index))
}

// Shuffled: in the order of the table, the next row would be on a page that was just read.
function shuffled(credentials: readonly string[]): string[] {
  const keyed = credentials.map((line) => ({ line, key: Math.random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ line }) => line)
}

function get(path: string, credential: string): string {
  const head = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: application/json']
  return [...head, credential, '', ''].join('\r\n')
}

function resets({ redeemReset, resetTokens }: Accounts): string[] {
  return resetTokens.map((token, index) =>
    send(redeemReset, { token, password: anotherPassword }, { index }),
  )
}

// Every other address is unknown. With known addresses alone the limit of ten links in three minutes would be
// reached.
function resetRequests({ requestReset }: Accounts): string[] {
  return Array.from({ length: 2 * users }, (_, index) => {
    const known = emailAddressOf(Math.floor(index / 2))
    const emailAddress = index % 2 === 0 ? known : `nobody-${index}@example.com`
    return send(requestReset, { emailAddress, password }, { index })
  })
}

function logIn({ logIn: action }: Accounts, index: number): string {
  return send(action, { emailAddress: emailAddressOf(index), password }, { index })
}

// There are fewer people than requests: they log in again and again, each time from another address.
function logInOwn({ logIn: action, stormPasswordOf }: Accounts, index: number): string {
  const person = index % stormers
  const fields = { emailAddress: emailAddressOf(person), password: stormPasswordOf(person) }
  return send(action, fields, { index })
}

// Every server and every bench has its own addresses, since nobody can sign up twice.
function signUp({ signUp: action }: Accounts, index: number): string {
  const emailAddress = `new-${written}-${index}@example.com`
  return send(action, { emailAddress, password }, { index })
}

function send<Details>(
  { method, path, body: bodyOf }: Action<Details>,
  details: Details,
  { index }: { readonly index: number },
): string {
  const body = JSON.stringify(bodyOf(details))
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: application/json',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    // Another client each time, so that the limits count but refuse nobody.
    `X-Forwarded-For: 203.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    '',
    body,
  ].join('\r\n')
}
