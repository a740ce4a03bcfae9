import { z } from 'zod'

/** What every list takes: how many at most, and the `next_cursor` of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.uuid().toLowerCase().optional(),
})
