import { CachedRead } from '../cached-read.ts'
import { readForeignHash } from '../imported-hashes/imported-hash.ts'
import type { PasswordHash } from '../password-hash.ts'
import type { Store } from '../store.ts'

// For how long passwords still cost the work of a scheme after its last hash is gone.
const keptMilliseconds = 60_000

/** A password hash whose `admit` is always there. */
export type AdmittingHash = PasswordHash & Required<Pick<PasswordHash, 'admit'>>

/** Makes every verification cost the work of all imported schemes that users still have. */
export function amongSchemes(
  passwordHash: PasswordHash,
  { store, clock }: { store: Pick<Store, 'listPasswordSchemes'>; clock: () => Date },
): AdmittingHash {
  const schemes = new CachedRead({
    read: () => store.listPasswordSchemes(),
    clock,
    milliseconds: keptMilliseconds,
  })
  // Schemes of hashes that are stored without the name of their scheme: nobody's, or own ones of a higher cost.
  const unnoted = new Set<string>()

  const listFor = async (known: string | null) => {
    const remaining = await schemes.get()
    const isCurrent = known === null || passwordHash.isCurrent(known)
    const scheme = isCurrent ? null : (readForeignHash(known)?.scheme ?? null)
    if (scheme === null || remaining.includes(scheme) || unnoted.has(scheme)) return remaining
    // Read again, so that the first user of a new import can log in. From then on every password costs as much; but an
    // own hash from before the cost was lowered costs its user alone.
    schemes.forget()
    const newer = await schemes.get()
    if (!newer.includes(scheme)) unnoted.add(scheme)
    return newer
  }

  const { queue } = passwordHash
  return {
    ...(queue ? { queue } : {}),
    admit: (account, work) => (passwordHash.admit ? passwordHash.admit(account, work) : work()),
    hash: (password) => passwordHash.hash(password),
    verify: async (known, password) =>
      passwordHash.verify(known, password, { schemes: await listFor(known) }),
    isCurrent: (known) => passwordHash.isCurrent(known),
  }
}
