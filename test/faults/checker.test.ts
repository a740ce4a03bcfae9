// The checker finds what there is to find, and nothing in a history that is sound.
import { expect, test } from 'vitest'
import { check, type Findings } from './checker.ts'
import type { Effect, Entry, Operation, Result, State, Thing } from './history.ts'

const subject = 'Reset your password'
const to = 'ann@example.com'

function operation(
  name: string,
  at: number,
  { effects, result = 'ok', status = 200 }: { effects: Effect[]; result?: Result; status?: number },
): Entry {
  return { type: 'operation', name, start: at, end: at + 5, result, status, effects, ...noMail }
}

function asked(at: number, result: Result = 'ok'): Operation {
  const mails = [{ to, subject }]
  const span = { start: at, end: at + 5 }
  const rest = { result, status: 200, effects: [], ...noMail, mails }
  return { type: 'operation', name: 'ask', ...span, ...rest }
}

function arrived(at: number, link: 'known' | 'rowless' = 'known'): Entry {
  return { type: 'mail', at, to, subject, link }
}

function saw(thing: Thing, state: State, at: number, source: 'api' | 'tables' = 'api'): Entry {
  return { type: 'observation', source, start: at, end: at + 1, thing, state }
}

const noMail = { mails: [], moots: [], voids: [] }

const born = (thing: Thing): Effect => ({ thing, becomes: 'alive' })
const died = (thing: Thing): Effect => ({ thing, becomes: 'dead' })

const nothing = {
  ...{
    lost: [],
    resurrected: [],
    torn: [],
    phantoms: [],
    mailsLost: [],
    duplicates: 0,
    givenUp: 0,
  },
  ...{ rowless: [], damage: [], broken: [] },
}

/** What was found, by kind. */
function found(...entries: Entry[]): Partial<Findings> {
  const { acknowledged: _, unknown: __, observations: ___, ...rest } = check(entries)
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => Object(value) !== 0))
}

const signedUp = operation('sign up', 10, { effects: [born('user ann'), born('session a')] })

test('in a history that is sound nothing is found, and all of it is counted', () => {
  const loggedOut = operation('log out', 30, { effects: [died('session a')] })
  const findings = check([
    signedUp,
    saw('session a', 'alive', 20),
    loggedOut,
    saw('session a', 'dead', 40),
    saw('user ann', 'alive', 41, 'tables'),
    asked(50),
    arrived(60),
  ])
  expect(findings).toEqual({ ...nothing, acknowledged: 3, unknown: 0, observations: 3 })
})

test('a write that was acknowledged and is not there is lost', () => {
  const { lost } = check([signedUp, saw('session a', 'dead', 20), saw('user ann', 'alive', 20)])
  expect(lost).toEqual(['session a: sign up was acknowledged, and the API says dead at 20 ms'])
})

test('a session that was ended and is answered again is resurrected', () => {
  const loggedOut = operation('log out', 30, { effects: [died('session a')] })
  const { resurrected, lost } = check([
    signedUp,
    loggedOut,
    saw('session a', 'alive', 40, 'tables'),
  ])
  expect(resurrected).toEqual(['session a: log out, and then a table says alive at 40 ms'])
  expect(lost).toEqual([])
})

test('so is one of whose end nobody knows, once it was seen to be over', () => {
  const effects = [died('session a')]
  const loggedOut = operation('log out', 30, { effects, result: 'unknown', status: 0 })
  const gone = saw('session a', 'dead', 40)
  expect(check([signedUp, loggedOut, gone]).resurrected).toEqual([])
  expect(
    check([signedUp, loggedOut, gone, saw('session a', 'alive', 50)]).resurrected,
  ).toHaveLength(1)
})

test('a mail more than was caused is a duplicate, and one less is lost', () => {
  expect(check([asked(10), arrived(20), arrived(30)])).toMatchObject({ ...nothing, duplicates: 1 })
  expect(check([asked(10)])).toMatchObject({
    ...nothing,
    mailsLost: ['Reset your password to ann@example.com: 1 should have arrived, 0 did'],
  })
  expect(check([asked(10, 'unknown')])).toMatchObject(nothing)
  expect(check([asked(10, 'unknown'), arrived(20)])).toMatchObject(nothing)
  expect(check([asked(10, 'fail'), arrived(20)])).toMatchObject({ ...nothing, duplicates: 1 })
})

test('a mail that the outbox says it gave up is not lost, and is counted', () => {
  const givenUp: Entry = { type: 'given up', at: 20, to, subject }
  expect(check([asked(10), givenUp])).toMatchObject({ ...nothing, givenUp: 1 })
  expect(check([asked(10), asked(11), givenUp]).mailsLost).toHaveLength(1)
})

test('nobody waits for mails to somebody who is gone', () => {
  const deleted = operation('delete', 20, { effects: [died(`user ${to}`)] })
  expect(check([asked(10), deleted])).toMatchObject(nothing)
})

test('a mail whose link no table knows is found, unless somebody voided it on its way', () => {
  const rowless = arrived(20, 'rowless')
  expect(check([asked(10), rowless]).rowless).toEqual([`${subject} to ${to}`])
  const change = (at: number): Entry => ({ ...asked(at), mails: [], voids: [to] })
  expect(check([asked(10), change(15), rowless]).rowless).toEqual([])
  expect(check([asked(10), rowless, change(25)]).rowless).toHaveLength(1)
})

test('a mail that nobody needs any more may stay away', () => {
  const proved: Entry = { ...asked(20), mails: [], moots: [{ to, subject }] }
  expect(check([asked(10), proved])).toMatchObject(nothing)
})

test('of what nobody knows, all or nothing has happened', () => {
  const effects = [died('password 1'), born('password 2'), died('session a')]
  const first = operation('sign up', 10, { effects: [born('password 1'), born('session a')] })
  const change = operation('change', 30, { effects, result: 'unknown', status: 0 })
  const all = [
    saw('password 1', 'dead', 40),
    saw('password 2', 'alive', 40),
    saw('session a', 'dead', 40),
  ]
  const none = [
    saw('password 1', 'alive', 40),
    saw('password 2', 'dead', 40),
    saw('session a', 'alive', 40),
  ]
  expect(check([first, change, ...all]).torn).toEqual([])
  expect(check([first, change, ...none]).torn).toEqual([])
  const half = [...all.slice(0, 2), ...none.slice(2)]
  expect(check([first, change, ...half]).torn).toEqual([
    'change: password 1 became dead, and yet not session a became dead',
  ])
})

test('what another operation may have done is nobody’s half', () => {
  const first = operation('sign up', 10, { effects: [born('session a'), born('session b')] })
  const effects = [died('session a'), died('session b')]
  const unknown = operation('revoke', 30, { effects, result: 'unknown', status: 0 })
  const loggedOut = operation('log out', 40, { effects: [died('session a')] })
  const seen = [saw('session a', 'dead', 50), saw('session b', 'alive', 50)]
  expect(check([first, unknown, loggedOut, ...seen]).torn).toEqual([])
  expect(check([first, unknown, ...seen]).torn).toHaveLength(1)
})

test('what was refused and is there is a phantom', () => {
  const effects = [born('user bob')]
  const refused = operation('sign up', 10, { effects, result: 'fail', status: 422 })
  expect(found(refused, saw('user bob', 'alive', 20))).toMatchObject({
    phantoms: [expect.any(String)],
  })
  expect(check([refused, saw('user bob', 'dead', 20)])).toMatchObject(nothing)
})

test('who looks while it happens may see either', () => {
  const effects = [died('session a')]
  const loggedOut = operation('log out', 30, { effects })
  expect(check([signedUp, saw('session a', 'dead', 32), loggedOut])).toMatchObject(nothing)
  expect(check([signedUp, saw('session a', 'alive', 32), loggedOut])).toMatchObject(nothing)
})

test('a fault that is no 503, and a table that is damaged, are found', () => {
  const broken = operation('log in', 10, { effects: [], result: 'unknown', status: 500 })
  const findings = check([broken, { type: 'damage', at: 1, what: 'a page' }])
  expect(findings).toMatchObject({ broken: ['log in was answered 500'], damage: ['a page'] })
})
