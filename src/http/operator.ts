import { hash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../core/secret.ts'
import { readBearer } from './bearer.ts'
import { type Refusal, refuse } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** The refusal for everybody who does not send this token as a bearer token; null for the operator, who does. */
export function refuseOthers(request: Pick<RequestHead, 'headers'>, token: Secret): Refusal | null {
  const given = readBearer(request)
  if (typeof given !== 'string') return given
  return isSame(given, token) ? null : refuse('invalid_token')
}

/**
 * SECURITY: a token made of a variable that is not set would be the text `undefined`.
 *
 * @throws RangeError for a token of less than 16 characters
 */
export function requireLong(token: Secret): void {
  if (token.reveal().length >= shortest) return
  throw new RangeError(`The token of an operator must have at least ${shortest} characters`)
}

const shortest = 16

// SECURITY: digests are compared, since they have one length, and the position where two differ reveals nothing about
// the token.
function isSame(given: string, token: Secret): boolean {
  return timingSafeEqual(digestOf(given), digestOf(token.reveal()))
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
