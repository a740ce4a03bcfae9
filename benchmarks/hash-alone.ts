// Passwords verified and nothing else, on the servers' core: as many log-ins a second as the hash alone
// allows. Told whose hash and for how many seconds; says how many a second, and ends.
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { argon2id, Secret } from '../src/server.ts'
import { password } from './people.ts'

// Never none waiting, and never so many that the queue refuses one: how many run at a time is the product's
// own matter.
const lanes = 8
const leadSeconds = 0.3

type Verify = () => Promise<boolean>

const prepare: Readonly<Record<string, () => Promise<Verify>>> = {
  async latchkey() {
    const real = argon2id()
    const typed = new Secret(password)
    const passwordHash = await real.hash(typed)
    return () => real.verify(passwordHash, typed)
  },
  async 'better-auth'() {
    const passwordHash = await hashPassword(password)
    return () => verifyPassword({ hash: passwordHash, password })
  },
}

const [whose = '', seconds = ''] = process.argv.slice(2)
const verify = await prepare[whose]?.()
if (!verify) throw new Error(`Nobody knows how ${whose} verifies passwords`)
process.send?.(await count(verify, Number(seconds)))

/** @returns how many a second */
async function count(verify: Verify, seconds: number): Promise<number> {
  const from = performance.now() + leadSeconds * 1_000
  const to = from + seconds * 1_000
  let counted = 0
  const lane = async () => {
    while (performance.now() < to) {
      if (!(await verify())) throw new Error('The right password was refused')
      const verifiedAt = performance.now()
      if (verifiedAt >= from && verifiedAt < to) counted++
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return counted / seconds
}
