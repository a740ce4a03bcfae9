// What each password costs, counted: the sum of all ways of hashing that users still have, whosever it is.
import { argon2id, createAuth } from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { address, ann, type Server, startServer } from './harness.ts'
import { importHash, importingHash, importUser } from './imported-people.ts'

/** Each hash that is computed, with what it costs. */
const work: string[] = vi.hoisted(() => [])

vi.mock(import('../src/core/password-hash/hash-threads.ts'), async (original) => {
  const threads = await original()
  const { verify, verifyBcrypt, scrypt, pbkdf2 } = threads
  const counted: Pick<typeof threads, 'verify' | 'verifyBcrypt' | 'scrypt' | 'pbkdf2'> = {
    verify(hashed, password) {
      work.push(`argon2 ${hashed.split('$').slice(1, 4).join(' ')}`)
      return verify(hashed, password)
    },
    verifyBcrypt(hashed, password) {
      work.push(`bcrypt ${hashed.slice(4, 6)}`)
      return verifyBcrypt(hashed, password)
    },
    scrypt(password, using) {
      const { N, r, p } = using.options
      work.push(`scrypt ${N} ${r} ${p}`)
      return scrypt(password, using)
    },
    pbkdf2(password, using) {
      work.push(`pbkdf2 ${using.digest} ${using.iterations} ${using.length}`)
      return pbkdf2(password, using)
    },
  }
  return { ...threads, ...counted }
})

const [salt, key] = ['c2FsdHNhbHRzYWx0', 'a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U']
const bcrypt = '$2b$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'

/** One of each family, which a different user has each; bcrypt twice. */
const hashes: Readonly<Record<string, string>> = {
  bcrypt,
  peppered: `$bcrypt-peppered${bcrypt}`,
  costlier: bcrypt.replace('$04$', '$05$'),
  scrypt: `$scrypt$ln=10,r=8,p=1$${salt}$${key}`,
  pbkdf2: `$pbkdf2-sha256$i=1000$${salt}$${key}`,
  firebase: `$firebase-scrypt$ln=11,r=8$${salt}$${key}`,
  argon2i: `$argon2i$v=19$m=1024,t=2,p=1$${salt}$${key}`,
}

const today = 'argon2 argon2id v=19 m=8,t=1,p=1'
const everything = [
  today,
  'argon2 argon2i v=19 m=1024,t=2,p=1',
  'bcrypt 04',
  'bcrypt 05',
  'pbkdf2 sha256 1000 32',
  'scrypt 1024 8 1',
  'scrypt 2048 8 1',
].sort()

const addressOf = (name: string) => `${name}@example.com`

async function arrange(passwordHash = importingHash): Promise<Server> {
  const server = await startServer({ auth: { passwordHash } })
  await server.auth.createUser({ emailAddress: addressOf('own'), password: ann.password })
  for (const [name, hash] of Object.entries(hashes)) {
    await importUser(server, addressOf(name), hash)
  }
  return server
}

async function tryOf(server: Pick<Server, 'auth'>, name: string, password = 'wrong horse battery') {
  work.length = 0
  const loggedIn = await server.auth.logIn({ emailAddress: addressOf(name), password })
  return { isIn: loggedIn !== null, work: [...work] }
}

test('a wrong password costs the same work in the same order, whosever it is and of whatever hash', async () => {
  const server = await arrange()
  const nobody = await tryOf(server, 'nobody')
  expect(nobody.work.toSorted()).toEqual(everything)
  for (const name of ['own', ...Object.keys(hashes)]) {
    expect([name, await tryOf(server, name)]).toEqual([name, nobody])
  }
})

test('so it does where nobody gave the server the pepper, nor the keys of Firebase', async () => {
  const server = await arrange(argon2id({ cost: { memoryKibibytes: 8, passes: 1 } }))
  const nobody = await tryOf(server, 'nobody')
  expect(nobody.work.toSorted()).toEqual(everything)
  for (const name of ['peppered', 'firebase']) {
    expect([name, await tryOf(server, name)]).toEqual([name, nobody])
  }
})

test('so does the right one of whoever is banned, and any against a hash that nobody can read', async () => {
  const server = await arrange()
  const nobody = await tryOf(server, 'nobody')
  for (const name of ['own', 'bcrypt']) {
    const known = await server.auth.config.store.findCredentials(address(addressOf(name)))
    await server.auth.banUser(known?.user.id ?? '')
    expect([name, await tryOf(server, name, ann.password)]).toEqual([name, nobody])
  }
  const unreadable = ['!', '', '$1$O3JMY.Tw$AdLnLjQ/5jXF9.MTp3gHv/', bcrypt.replace('$04$', '$31$')]
  for (const hash of unreadable) {
    await server.database.transaction((each) =>
      each.query('UPDATE users SET password_hash = $1 WHERE email_address = $2', [
        hash,
        addressOf('scrypt'),
      ]),
    )
    expect([hash, await tryOf(server, 'scrypt')]).toEqual([hash, nobody])
  }
})

test('a hash whose way of hashing no row notes is nobody’s, and costs what nobody costs', async () => {
  const server = await arrange()
  const nobody = await tryOf(server, 'nobody')
  await importUser(server, addressOf('odd'), bcrypt.replace('$04$', '$06$'))
  await server.database.transaction((each) =>
    each.query('UPDATE users SET password_scheme = NULL WHERE email_address = $1', [
      addressOf('odd'),
    ]),
  )
  expect(await tryOf(server, 'odd', ann.password)).toEqual(nobody)
})

test('the right password costs it too, and one more hash of today, which is kept', async () => {
  const server = await arrange()
  expect(await tryOf(server, 'bcrypt', ann.password)).toEqual({
    isIn: true,
    work: (await tryOf(server, 'nobody')).work,
  })
  const own = await tryOf(server, 'own', ann.password)
  expect([own.isIn, own.work.toSorted()]).toEqual([true, everything])
})

test('where nobody came from elsewhere a password costs one hash of today', async () => {
  const server = await startServer({ auth: { passwordHash: importingHash } })
  await server.auth.createUser({ emailAddress: addressOf('own'), password: ann.password })
  for (const name of ['own', 'nobody']) expect((await tryOf(server, name)).work).toEqual([today])
})

test('a minute after the last of a scheme has logged in nobody costs it any more', async () => {
  const server = await startServer({ auth: { passwordHash: importingHash } })
  await importUser(server, addressOf('bcrypt'), bcrypt)
  expect((await tryOf(server, 'bcrypt', ann.password)).isIn).toBe(true)
  server.clock.advance({ seconds: 59 })
  expect((await tryOf(server, 'nobody')).work).toEqual([today, 'bcrypt 04'])
  server.clock.advance({ seconds: 1 })
  expect((await tryOf(server, 'nobody')).work).toEqual([today])
})

test('whoever was imported just now logs in at once, and from then on everybody costs as much', async () => {
  const server = await startServer({ auth: { passwordHash: importingHash } })
  expect((await tryOf(server, 'nobody')).work).toEqual([today])
  await importUser(server, addressOf('bcrypt'), bcrypt)
  const wrong = await tryOf(server, 'bcrypt')
  expect(wrong).toEqual({ isIn: false, work: [today, 'bcrypt 04'] })
  expect(await tryOf(server, 'nobody')).toEqual(wrong)
  expect((await tryOf(server, 'bcrypt', ann.password)).isIn).toBe(true)
})

test('hashes that cost the same are one scheme, and cost once', async () => {
  const server = await startServer({ auth: { passwordHash: importingHash } })
  for (const [index, name] of ['bcrypt', 'peppered', 'bcrypt'].entries()) {
    await importUser(server, addressOf(`${name}-${index}`), hashes[name] ?? '')
  }
  expect((await tryOf(server, 'nobody')).work).toEqual([today, 'bcrypt 04'])
})

test('which schemes remain is asked once in a minute, and not where no password is', async () => {
  const server = await arrange()
  const asked = vi.fn(server.auth.config.store.listPasswordSchemes)
  const store = { ...server.auth.config.store, listPasswordSchemes: asked }
  const clock = server.clock
  const auth = createAuth({ store, clock, passwordHash: importingHash, rateLimits: 'off' })
  await auth.authenticate('lks_nothing')
  expect(asked).not.toHaveBeenCalled()
  for (const name of ['own', 'nobody', 'bcrypt', 'scrypt']) await tryOf({ auth }, name)
  expect(asked).toHaveBeenCalledTimes(1)
  server.clock.advance({ seconds: 60 })
  await tryOf({ auth }, 'nobody')
  expect(asked).toHaveBeenCalledTimes(2)
})

test('of a password’s schemes each is found once, however many have it', async () => {
  const server = await arrange()
  for (let index = 0; index < 20; index++) {
    await importUser(server, addressOf(`more-${index}`), bcrypt)
  }
  await importHash(server.database, { emailAddress: addressOf('more-1'), hash: '' })
  expect(await server.auth.config.store.listPasswordSchemes()).toEqual([
    'argon2i/m=1024,t=2,p=1',
    'bcrypt/4',
    'bcrypt/5',
    'firebase-scrypt/11,8',
    'pbkdf2-sha256/1000',
    'scrypt/10,8,1',
  ])
})
