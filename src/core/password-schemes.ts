import { CachedRead } from './cached-read.ts'
import { readForeignHash } from './imported-hashes/imported-hash.ts'
import type { PasswordHash } from './password-hash.ts'
import type { Store } from './store.ts'

// So long everybody goes on to cost what the last of a scheme has cost.
const keptMilliseconds = 60_000

/** The same, where each password costs what the hashes of all schemes cost that users still have. */
export function amongSchemes(
  passwordHash: PasswordHash,
  { store, clock }: { store: Pick<Store, 'listPasswordSchemes'>; clock: () => Date },
): PasswordHash {
  const schemes = new CachedRead({
    read: () => store.listPasswordSchemes(),
    clock,
    milliseconds: keptMilliseconds,
  })
  // Those that a hash has and no row notes.
  const unnoted = new Set<string>()

  const listFor = async (known: string | null) => {
    const remaining = await schemes.get()
    const isCurrent = known === null || passwordHash.isCurrent(known)
    const scheme = isCurrent ? null : (readForeignHash(known)?.scheme ?? null)
    if (scheme === null || remaining.includes(scheme) || unnoted.has(scheme)) return remaining
    // The first of an import that has just begun is let in, and from then on everybody costs as much.
    schemes.forget()
    const newer = await schemes.get()
    if (!newer.includes(scheme)) unnoted.add(scheme)
    return newer
  }

  const { queue } = passwordHash
  const admit = passwordHash.admit?.bind(passwordHash)
  return {
    ...(queue ? { queue } : {}),
    ...(admit ? { admit } : {}),
    hash: (password) => passwordHash.hash(password),
    verify: async (known, password) =>
      passwordHash.verify(known, password, { schemes: await listFor(known) }),
    isCurrent: (known) => passwordHash.isCurrent(known),
  }
}
