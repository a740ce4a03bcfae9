import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'

let filter: Uint8Array | undefined

/**
 * Whether a password, ignoring case, is one of the 611,163 most common ones of eight characters and more, which
 * attackers try first (ASVS 6.2.4, 6.2.12). True for all of these, and for one random password in some 20,000.
 */
export function isCommonPassword(password: string): boolean {
  filter ??= readFileSync(new URL('./common-passwords.bin', import.meta.url))
  const bits = filter
  return bloomProbes(password.toLowerCase(), bits.length * 8).every(
    (bit) => ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0,
  )
}

/**
 * The bits that stand for a password in a Bloom filter of `size` bits: the eight words of its SHA-256. Also used by the
 * script that makes the filter.
 */
export function bloomProbes(password: string, size: number): number[] {
  const digest = hash('sha256', password, 'buffer')
  return [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => digest.readUInt32LE(offset) % size)
}
