// Requests as they go over the wire, and the files that the load reads them from.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Accounts, Peer } from './peers.ts'
import { emailAddressOf, password, stormers, users } from './people.ts'

/** What is asked of a server. */
export type Kind = 'check' | 'session' | 'log-in' | 'storm' | 'sign-up'

let written = 0

/** Writes the requests of one kind to a file, and says where. */
export function writeRequests(peer: Peer, kind: Kind, folder: string): string {
  const file = join(folder, `requests-${++written}.json`)
  writeFileSync(file, JSON.stringify(list(peer, kind)))
  return file
}

/** The same, for log-ins of some users by their numbers. */
export function writeLogIns(accounts: Accounts, people: readonly number[], folder: string): string {
  const file = join(folder, `requests-${++written}.json`)
  writeFileSync(file, JSON.stringify(people.map((index) => logIn(accounts, index))))
  return file
}

function list({ fixture, accounts }: Peer, kind: Kind): string[] {
  const { credentials } = fixture
  if (kind === 'check') return shuffled(credentials).map((line) => get('/v1/projects', line))
  if (kind === 'session') return shuffled(credentials).map((line) => get('/v1/session', line))
  if (!accounts) throw new Error('Nobody can sign up or log in here')
  const write = { 'log-in': logIn, storm: logInOwn, 'sign-up': signUp }[kind]
  return Array.from({ length: users }, (_, index) => write(accounts, index))
}

// In the order of the table the next row would be on a page that was just read.
function shuffled(credentials: readonly string[]): string[] {
  const keyed = credentials.map((line) => ({ line, key: Math.random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ line }) => line)
}

function get(path: string, credential: string): string {
  const head = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: application/json']
  return [...head, credential, '', ''].join('\r\n')
}

function logIn({ logInPath, body }: Accounts, index: number): string {
  return post(logInPath, body({ emailAddress: emailAddressOf(index), password }), index)
}

// Fewer people than requests: they come again and again, from another address each time.
function logInOwn({ logInPath, stormPasswordOf, body }: Accounts, index: number): string {
  const person = index % stormers
  const fields = { emailAddress: emailAddressOf(person), password: stormPasswordOf(person) }
  return post(logInPath, body(fields), index)
}

// Every server and every bench has addresses of its own, sent in turn: nobody can sign up twice.
function signUp({ signUpPath, body }: Accounts, index: number): string {
  const emailAddress = `new-${written}-${index}@example.com`
  return post(signUpPath, body({ emailAddress, password }), index)
}

function post(path: string, fields: object, index: number): string {
  const body = JSON.stringify(fields)
  return [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: application/json',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    // Another client each time: the limits count, and refuse nobody.
    `X-Forwarded-For: 203.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    '',
    body,
  ].join('\r\n')
}
