import { deepEqual, equal } from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import type { EmailAddress } from '../../core/email-address.ts'
import type { Registration } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { later, newEmailAddress, noon, run, type StoreContract } from './contract.ts'

/** Sign-ups that wait until the owner of the address confirms them. */
export function registrationsContract({ test, open }: StoreContract): void {
  test('a registration is found by its token from when it has one until it is consumed, once', async () => {
    const store = await open()
    const registration = await insert(store)
    const digest = randomBytes(32)
    equal(await store.findRegistration(digest), null)
    const mailed = { ...registration, expiresAt: later(2_000) }
    equal(await give(store, mailed, digest), true)
    deepEqual(await store.findRegistration(digest), mailed)
    const consumed = await Promise.all(
      Array.from({ length: 20 }, () =>
        run(store, (each) => each.consumeRegistration(digest, later(1_999))),
      ),
    )
    deepEqual(
      consumed.filter((each) => each !== null),
      [mailed],
    )
    equal(await store.findRegistration(digest), null)
  })

  test('one that has expired is not consumed, and is not the newest', async () => {
    const store = await open()
    const registration = await insert(store)
    const digest = randomBytes(32)
    await give(store, registration, digest)
    equal(await run(store, (each) => each.consumeRegistration(digest, later(1_000))), null)
    const { emailAddress } = registration
    deepEqual(await store.findNewestRegistration(emailAddress, later(999)), registration)
    equal(await store.findNewestRegistration(emailAddress, later(1_000)), null)
  })

  test('the newest of an address is the one that came last, whatever its fields', async () => {
    const store = await open()
    const emailAddress = newEmailAddress()
    await insert(store, { emailAddress, createdAt: later(-1) })
    const newest = await insert(store, { emailAddress, fields: '{"name":"Ann \\u0000"}' })
    await insert(store, { emailAddress, createdAt: later(-2) })
    await insert(store)
    deepEqual(await store.findNewestRegistration(emailAddress, noon), newest)
    equal(await store.findNewestRegistration(newEmailAddress(), noon), null)
  })

  test('a registration has one token, which can be taken back, and is held while it is there', async () => {
    const store = await open()
    const own = await insert(store)
    const { emailAddress } = own
    const [first, second] = [randomBytes(32), randomBytes(32)]
    equal(await isUnmailed(store, emailAddress), true)
    deepEqual([await give(store, own, first), await give(store, own, second)], [true, false])
    equal(await isUnmailed(store, emailAddress), false)
    equal(await store.findRegistration(second), null)
    await run(store, (each) => each.withdrawRegistrationToken(first))
    equal(await store.findRegistration(first), null)
    equal(await isUnmailed(store, emailAddress), true)
    equal(await isUnmailed(store, emailAddress, later(1_000)), false)
    equal(await run(store, (each) => each.holdRegistration(own.id)), true)
    equal(await run(store, (each) => each.holdRegistration(randomUUID())), false)
  })

  test('of one address those go that came before without a token, and all but the last links', async () => {
    const store = await open()
    const emailAddress = newEmailAddress()
    const linked = []
    for (const seconds of [1, 2, 3, 4]) {
      const expiresAt = later(seconds * 1_000)
      linked.push(await insertLinked(store, { emailAddress, createdAt: later(-9), expiresAt }))
    }
    const before = await insert(store, { emailAddress, createdAt: later(-1) })
    const own = await insertLinked(store, { emailAddress, expiresAt: later(9_000) })
    const after = await insert(store, { emailAddress, createdAt: later(1) })
    const foreign = await insertLinked(store, { createdAt: later(-9) })
    await run(store, (each) => each.trimRegistrations(own.registration, 3))
    const found = await Promise.all(
      [...linked, own, foreign].map(({ digest }) => store.findRegistration(digest)),
    )
    deepEqual(
      found.map((each) => each !== null),
      [false, false, true, true, true, true],
    )
    const held = (id: string) => run(store, (each) => each.holdRegistration(id))
    deepEqual([await held(before.id), await held(after.id)], [false, true])
  })

  test('all of an address go, and nobody else’s do', async () => {
    const store = await open()
    const gone = await insertLinked(store)
    const { emailAddress } = gone.registration
    await insert(store, { emailAddress })
    const foreign = await insertLinked(store)
    await run(store, (each) => each.deleteRegistrations(emailAddress))
    equal(await store.findNewestRegistration(emailAddress, noon), null)
    equal(await store.findRegistration(gone.digest), null)
    deepEqual(await store.findRegistration(foreign.digest), foreign.registration)
  })
}

async function insert(
  store: Store,
  given: Partial<Registration> = {},
  digest: Uint8Array | null = null,
): Promise<Registration> {
  const registration: Registration = {
    id: randomUUID(),
    emailAddress: newEmailAddress(),
    passwordHash: 'hash',
    fields: null,
    createdAt: noon,
    expiresAt: later(1_000),
    ...given,
  }
  await run(store, (each) => each.insertRegistration(registration, digest))
  return registration
}

async function insertLinked(store: Store, given: Partial<Registration> = {}) {
  const digest = randomBytes(32)
  return { registration: await insert(store, given, digest), digest }
}

function give(store: Store, registration: Registration, digest: Uint8Array): Promise<boolean> {
  return run(store, (each) => each.giveRegistrationToken(registration, digest))
}

function isUnmailed(store: Store, emailAddress: EmailAddress, now = noon): Promise<boolean> {
  return run(store, (each) => each.isRegistrationUnmailed(emailAddress, now))
}
