import { expect, test } from 'vitest'
import { AuthError } from './errors.ts'
import { Places } from './places.ts'
import { WaitingLine } from './waiting-line.ts'

test('of a crowd so many are under way, and the next begins when one has ended', async () => {
  const { begun, start, end, places } = observe()
  const crowd = ['ann', 'bob', 'eve', 'joe'].map(start)
  await settle()
  expect(begun).toEqual(['ann', 'bob'])
  expect(places.taken).toBe(4)
  end('bob')
  await settle()
  expect(begun).toEqual(['ann', 'bob', 'eve'])
  end('ann')
  await settle()
  expect(begun).toEqual(['ann', 'bob', 'eve', 'joe'])
  end('eve')
  end('joe')
  expect(await Promise.all(crowd)).toEqual(['ann', 'bob', 'eve', 'joe'])
  expect(places.taken).toBe(0)
})

test('after a crowd as many are under way as before', async () => {
  const { begun, start, end } = observe()
  for (const crowd of ['a', 'b', 'c']) {
    const works = ['1', '2', '3'].map((number) => start(crowd + number))
    await settle()
    expect(begun).toEqual([`${crowd}1`, `${crowd}2`])
    end(`${crowd}1`)
    end(`${crowd}2`)
    await settle()
    end(`${crowd}3`)
    await Promise.all(works)
    begun.length = 0
  }
})

test('one more of an account that has begun begins at once', async () => {
  const { begun, start, end, places } = observe()
  const works = ['ann', 'bob', 'eve'].map(start)
  expect(await places.run('ann', async () => 'again')).toBe('again')
  const late = places.run('eve', async () => 'with eve')
  await settle()
  expect(begun).toEqual(['ann', 'bob'])
  end('ann')
  expect(await late).toBe('with eve')
  end('bob')
  end('eve')
  await Promise.all(works)
})

test('a place is kept until the last of its account has ended', async () => {
  const { begun, start, end, places } = observe()
  const gate = Promise.withResolvers<string>()
  const works = ['ann', 'bob'].map(start)
  const second = places.run('ann', () => gate.promise)
  const waits = start('eve')
  await settle()
  end('ann')
  await settle()
  expect(begun).toEqual(['ann', 'bob'])
  gate.resolve('second')
  await settle()
  expect(begun).toEqual(['ann', 'bob', 'eve'])
  end('bob')
  end('eve')
  expect(await Promise.all([...works, second, waits])).toEqual(['ann', 'bob', 'second', 'eve'])
})

test('of whoever waits in vain nothing is done, and the account may come again', async () => {
  const { begun, start, end, places, line } = observe()
  const works = ['ann', 'bob'].map(start)
  const vain = Promise.allSettled([start('eve'), start('eve'), start('joe')])
  line.dismiss(() => Number.POSITIVE_INFINITY)
  expect((await vain).map((each) => each.status)).toEqual(Array(3).fill('rejected'))
  expect(places.taken).toBe(2)
  const again = start('eve')
  await settle()
  expect(begun).toEqual(['ann', 'bob'])
  end('ann')
  await settle()
  expect(begun).toEqual(['ann', 'bob', 'eve'])
  end('bob')
  end('eve')
  await Promise.all([...works, again])
})

test.each([
  ['rejects', () => Promise.reject(new Error('broken'))],
  [
    'throws at once',
    () => {
      throw new Error('broken')
    },
  ],
])('a work that %s tells its caller, and the next begins', async (_how, work) => {
  const { begun, start, end, places } = observe()
  const ann = start('ann')
  const broken = places.run('bob', work).catch((error: unknown) => error)
  const eve = start('eve')
  expect(await broken).toMatchObject({ message: 'broken' })
  await settle()
  expect(begun).toEqual(['ann', 'eve'])
  end('ann')
  end('eve')
  await Promise.all([ann, eve])
})

function observe() {
  const line = new WaitingLine(2_000, () => new AuthError('overloaded'))
  const places = new Places(2, line)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const start = (account: string) =>
    places.run(account, () => {
      begun.push(account)
      return new Promise<string>((resolve) => ends.set(account, () => resolve(account)))
    })
  return { begun, start, end: (account: string) => ends.get(account)?.(), places, line }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
