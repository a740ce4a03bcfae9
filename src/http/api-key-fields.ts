import { z } from 'zod'
import type { Configuration } from '../core/config.ts'
import type { ApiKeyPolicy } from '../core/options.ts'

/** The scopes to grant: a list, or words separated by spaces (RFC 6749 §3.3). */
export function scopesField({ scopes }: ApiKeyPolicy): z.ZodType<string[], string | unknown[]> {
  return z.union([listOfAnything, z.string()]).transform((value, context) => {
    const wanted = typeof value === 'string' ? value.split(' ').filter(Boolean) : value
    const texts = wanted.filter((each) => typeof each === 'string')
    const isText = texts.length === wanted.length
    const problem = isText ? problemOf(texts, scopes) : { message: 'is invalid' }
    if (problem) context.addIssue({ code: 'custom', ...problem })
    return texts
  })
}

// SECURITY: for a list of thousands of numbers zod would create an issue for each, which costs as much as a hash.
const listOfAnything = z.array(z.unknown()).meta({ items: { type: 'string' } })

function problemOf(wanted: readonly string[], scopes: readonly string[]) {
  if (wanted.length === 0) return { message: "can't be blank", params: { code: 'blank' } }
  if (wanted.every((scope) => scopes.includes(scope))) return null
  const message = `must be a list, or words with spaces between, of ${scopes.join(', ')}`
  return { message, params: { code: 'inclusion' } }
}

/** When a key expires: in the future, and at most `maximumDays` ahead. */
export function expiryField({ apiKeys, clock }: Configuration): z.ZodType<Date, string> {
  const { maximumDays } = apiKeys
  return z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine(
      (instant) => {
        const days = (instant.getTime() - clock().getTime()) / 86_400_000
        return days > 0 && days <= maximumDays
      },
      {
        message: `must be within the next ${maximumDays} days`,
        params: { code: 'out_of_range' },
      },
    )
}
