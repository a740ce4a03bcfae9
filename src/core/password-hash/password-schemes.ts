import { CachedRead } from '../cached-read.ts'
import { readForeignHash } from '../imported-hashes/imported-hash.ts'
import type { PasswordHash } from '../password-hash.ts'
import type { Store } from '../store.ts'

// After the last hash of a scheme is gone, passwords cost its work for so long.
const keptMilliseconds = 60_000

/** A hash that always says whether there is room for work. */
export type AdmittingHash = PasswordHash & Required<Pick<PasswordHash, 'admit'>>

/** The same hash, where each password costs the work of every imported scheme that users still have. */
export function amongSchemes(
  passwordHash: PasswordHash,
  { store, clock }: { store: Pick<Store, 'listPasswordSchemes'>; clock: () => Date },
): AdmittingHash {
  const schemes = new CachedRead({
    read: () => store.listPasswordSchemes(),
    clock,
    milliseconds: keptMilliseconds,
  })
  // Schemes of hashes whose rows do not name them.
  const unnoted = new Set<string>()

  const listFor = async (known: string | null) => {
    const remaining = await schemes.get()
    const isCurrent = known === null || passwordHash.isCurrent(known)
    const scheme = isCurrent ? null : (readForeignHash(known)?.scheme ?? null)
    if (scheme === null || remaining.includes(scheme) || unnoted.has(scheme)) return remaining
    // The first user of a new import is let in; from then on every password costs as much.
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
