import { timingSafeEqual } from 'node:crypto'

/** The lengths, in bytes, that a salt or a key may have. */
export interface Length {
  readonly from: number
  readonly to: number
}

export const saltLength: Length = { from: 1, to: 64 }
export const keyLength: Length = { from: 16, to: 64 }

/**
 * The bytes of a Base64 text, with or without padding; null for any other text, or a length that is not allowed.
 */
export function decodeBase64(text: string, { from, to }: Length): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < from || bytes.length > to) return null
  // Buffer skips invalid characters and surplus bits: the bytes are then those of another text.
  const whole = bytes.toString('base64')
  return text === whole || text === withoutPadding(whole) ? bytes : null
}

/** Base64 without padding, as in PHC strings. */
export function encodeBase64(bytes: Uint8Array): string {
  return withoutPadding(Buffer.from(bytes).toString('base64'))
}

function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '')
}

/** SECURITY: the time must not depend on how much of two keys is equal. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
