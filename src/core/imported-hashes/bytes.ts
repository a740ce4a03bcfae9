import { timingSafeEqual } from 'node:crypto'

/** How long salts and keys may be, in bytes. */
export interface Length {
  readonly from: number
  readonly to: number
}

export const saltLength: Length = { from: 1, to: 64 }
export const keyLength: Length = { from: 16, to: 64 }

/**
 * The bytes of a Base64 text, with or without padding; null for any other text, and for a length
 * that is not allowed.
 */
export function decodeBase64(text: string, { from, to }: Length): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < from || bytes.length > to) return null
  // Buffer skips characters that it cannot read, and bits that are left over: the bytes are then another text's.
  const whole = bytes.toString('base64')
  return text === whole || text === withoutPadding(whole) ? bytes : null
}

/** Base64 as PHC strings have it: without padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return withoutPadding(Buffer.from(bytes).toString('base64'))
}

function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '')
}

/** SECURITY: the time must not tell how much of two keys is the same. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
