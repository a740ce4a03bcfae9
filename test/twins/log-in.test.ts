// At log-in nobody learns whether somebody has an address: whatever can be observed is the same.
import { argon2id, Secret } from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { failuresKey } from '../../src/core/guard/buckets.ts'
import { ann } from '../harness.ts'
import { importHash } from '../imported-people.ts'
import {
  bob,
  createBanned,
  createProved,
  createUnproven,
  createWithHash,
  wrongPassword,
} from './people.ts'
import { type Observed, startWatched, type Watched } from './watched-server.ts'

vi.mock(import('../../src/core/password-hash/hash-threads.ts'), async (original) => {
  const { watchArgon2 } = await import('./trace.ts')
  return watchArgon2(await original())
})

interface Class {
  /** Who has ann's address. */
  readonly arrange: (twin: Watched) => Promise<unknown>
  readonly submitted: typeof ann
}

const wrong = { ...ann, password: wrongPassword }
const bcrypt = '$2b$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'
const scrypt = '$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'
const unreadable = '$1$O3JMY.Tw$AdLnLjQ/5jXF9.MTp3gHv/'
const cutOff = '$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0'

const wrongOfSomebody: Class = { arrange: createProved, submitted: wrong }
const rightOfBanned: Class = { arrange: createBanned, submitted: ann }
const rightOfUnreadable: Class = { arrange: hashedAs(unreadable), submitted: ann }

// A class more is a line more.
const classes: Record<string, Class> = {
  'a wrong password': wrongOfSomebody,
  'a wrong password, where the address is unproven': { arrange: createUnproven, submitted: wrong },
  'a wrong password of a banned user': { arrange: createBanned, submitted: wrong },
  'the right password of a banned user': rightOfBanned,
  'a password against a hash of a way that nobody reads': rightOfUnreadable,
  'a password against a hash that is cut off': { arrange: hashedAs(cutOff), submitted: ann },
}

// The same work is done in two hashes.
const older: Record<string, Class> = {
  'a wrong password against a hash of less memory': {
    arrange: hashedAt({ memoryKibibytes: 24, passes: 1 }),
    submitted: wrong,
  },
  'a wrong password against a hash of less memory and more passes': {
    arrange: hashedAt({ memoryKibibytes: 16, passes: 2 }),
    submitted: wrong,
  },
  'the right password of a banned user against a hash of less memory': {
    async arrange(twin) {
      const user = await hashedAt({ memoryKibibytes: 24, passes: 1 })(twin)
      await twin.auth.banUser(user.id)
    },
    submitted: ann,
  },
}

test.each(Object.entries(classes))('%s looks like an unknown address', async (_name, each) => {
  expect(await observe(each)).toEqual(await observe(unknown))
})

test.each(Object.entries(older))('%s looks like an unknown address', async (_name, each) => {
  const observed = await observe(each)
  const expected = await observe(unknown)
  for (const [time, { hashes, ...others }] of observed.entries()) {
    expect({ ...others, hashes: [] }).toEqual({ ...expected[time], hashes: [] })
    expect(hashes).toHaveLength(2)
  }
})

// Where somebody was imported, an unknown address costs what they cost; test/imported-work.test.ts counts it.
test.each([
  ['bcrypt', bcrypt],
  ['scrypt', scrypt],
])(
  'a wrong password against an imported hash of %s looks like an unknown address',
  async (_of, hash) => {
    const expected = await observe({ ...unknown, arrange: imported(hash) })
    expect(await observe({ arrange: imported(hash), submitted: wrong })).toEqual(expected)
    const banned = async (twin: Watched) => {
      const user = await imported(hash)(twin)
      await twin.auth.banUser(user.id)
    }
    expect(await observe({ arrange: banned, submitted: ann })).toEqual(expected)
  },
)

test('an unknown address costs one look, one hash of today, and one event behind the answer', async () => {
  for (const { status, body, hashes, operations, rows, behind } of await observe(unknown)) {
    expect([status, JSON.parse(body).code]).toEqual([401, 'invalid_credentials'])
    expect(hashes).toEqual(['argon2 m=64 t=1 p=1'])
    expect(operations.slice(-2)).toEqual([expect.stringMatching(/^read .* FROM users/), 64])
    expect(Object.keys(rows).sort()).toEqual(['failed_attempts', 'guard_counts'])
    expect(behind.rows).toEqual({ events: { written: 1, gone: 0 } })
  }
})

// Up to nine in succession wait for nothing, and a hundred make the right password a wrong one.
test.each([9, 10, 99, 100])(
  'after %i failures in succession somebody looks like nobody',
  async (count) => {
    const expected = await observe(failed(count, unknown))
    for (const each of [wrongOfSomebody, rightOfBanned, rightOfUnreadable]) {
      expect(await observe(failed(count, each))).toEqual(expected)
    }
    if (count < 100) return
    const right = { arrange: createProved, submitted: ann }
    expect(await observe(failed(count, right))).toEqual(expected)
    expect(expected.map(({ status, hashes }) => [status, hashes.length])).toEqual([
      [401, 1],
      [429, 0],
    ])
  },
)

test.each(['x'.repeat(60_000), 'x'.repeat(257), '\ud800 a lone surrogate', ''])(
  'a password that nobody can have costs no look and no hash, whoever has the address: %.20s',
  async (password) => {
    const submitted = { ...ann, password }
    const nobodys = await observe({ ...unknown, submitted: { ...bob, password } })
    for (const arrange of [createProved, createUnproven, createBanned, imported(bcrypt)]) {
      expect(await observe({ arrange, submitted })).toEqual(nobodys)
    }
    for (const { status, hashes, operations } of nobodys) {
      expect([status, hashes]).toEqual([401, []])
      expect(operations.join()).not.toContain('FROM users')
    }
  },
)

const unknown: Class = { arrange: createProved, submitted: { ...bob, password: wrongPassword } }

// Twice, because the first can leave something behind that the second meets.
async function observe({ arrange, submitted }: Class): Promise<Observed[]> {
  const twin = await startWatched()
  await arrange(twin)
  const first = await twin.observe('POST /v1/session', submitted)
  return [first, await twin.observe('POST /v1/session', submitted)]
}

function failed(count: number, { arrange, submitted }: Class): Class {
  return {
    async arrange(twin) {
      await arrange(twin)
      const expiresAt = count < 100 ? new Date(twin.clock().getTime() + 86_400_000) : null
      const next = { count, blockedUntil: twin.clock(), expiresAt }
      const key = failuresKey('log_in', submitted.email_address)
      await twin.auth.config.store.replaceFailedAttempts(key, { from: null, next })
    },
    submitted,
  }
}

function hashedAs(passwordHash: string): Class['arrange'] {
  return (twin) => createWithHash(twin, passwordHash)
}

function imported(hash: string) {
  return async (twin: Watched) => {
    const user = await createProved(twin)
    await importHash(twin.database, { emailAddress: user.emailAddress, hash })
    return user
  }
}

function hashedAt(cost: { memoryKibibytes: number; passes: number }) {
  return async (twin: Watched) =>
    createWithHash(twin, await argon2id({ cost }).hash(new Secret(ann.password)))
}
