// Only verifies passwords, on the core of the servers: as many log-ins a second as the hash alone allows. It is told
// whose hash and for how many seconds, reports the number for each second, and ends.
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { argon2id, Secret } from '../src/server.ts'
import { password } from './people.ts'

// Enough that one always waits, and so few that the queue refuses none. The product decides how many run at a time.
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

/** @returns hashes a second */
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
