import { z } from 'zod'

/** The query of every list: how many at most, and the `next_cursor` of the page before. */
export const pageQuery = z.object({
  limit: z.preprocess(plain, z.coerce.number().int().min(1).max(100).default(50)),
  cursor: z.uuid().toLowerCase().optional(),
})

// Only digits: JavaScript would also read `1e1` and `0x10` as numbers.
function plain(text: unknown): unknown {
  const isPlain = text === undefined || (typeof text === 'string' && /^\d+$/.test(text))
  return isPlain ? text : Number.NaN
}

/** Cuts what was found to a page. An item beyond the limit means that another page follows. */
export function pageOf<T extends { readonly id: string }>(found: readonly T[], limit: number) {
  const page = found.slice(0, limit)
  const next_cursor = found.length > limit ? (page.at(-1)?.id ?? null) : null
  return { page, next_cursor }
}
