import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'

let filter: Uint8Array | undefined

/**
 * Whether attackers try this password first: whole, in this or in lower case, it is among the
 * 611,163 most common ones of eight characters and more (ASVS 6.2.4, 6.2.12). One random password
 * in some 20,000 is refused with them; none of them is let through.
 */
export function isCommonPassword(password: string): boolean {
  filter ??= readFileSync(new URL('./common-passwords.bin', import.meta.url))
  return isIn(filter, password) || isIn(filter, password.toLowerCase())
}

// A Bloom filter with eight probes: the eight 32-bit words of the password's SHA-256.
function isIn(filter: Uint8Array, password: string): boolean {
  return bloomProbes(password, filter.length * 8).every(
    (probe) => ((filter[probe >> 3] ?? 0) & (1 << (probe & 7))) !== 0,
  )
}

/** The bits that stand for a password in a filter of `size` bits; the script that makes it asks too. */
export function bloomProbes(password: string, size: number): number[] {
  const digest = hash('sha256', password, 'buffer')
  return [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => digest.readUInt32LE(offset) % size)
}
