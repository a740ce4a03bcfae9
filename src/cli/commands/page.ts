import { isId } from '../../core/ids.ts'
import { UsageError } from './command.ts'
import { complain } from './output.ts'

const maximumLimit = 1_000

/** For commands that list: how many, and after which ID. */
export const pageOptions = {
  limit: { type: 'string', value: 'N', meaning: 'At most this many, 1 to 1000 (default: 50)' },
  after: { type: 'string', value: 'ID', meaning: 'Only those after this one in the list' },
} as const

/** @throws UsageError */
export function parseLimit(text = '50'): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= maximumLimit) return limit
  throw new UsageError(`--limit must be a whole number from 1 to ${maximumLimit}`)
}

/** @throws UsageError */
export function parsePage({
  limit,
  after,
}: {
  limit?: string | undefined
  after?: string | undefined
}): { limit: number; after: string | null } {
  return { limit: parseLimit(limit), after: after === undefined ? null : parseId(after) }
}

/** Says that there may be more, unless a number was asked for. */
export function sayRest(
  shown: readonly { readonly id: string | number }[],
  { page, limit }: { page: { readonly limit: number }; limit: string | undefined },
): void {
  if (shown.length < page.limit || limit !== undefined) return
  complain(`${page.limit} are shown; --after ${shown.at(-1)?.id} shows the next ones`)
}

/**
 * @param wanted the other forms that are allowed, such as `neither an address nor an ID`
 * @throws UsageError
 */
export function parseId(text: string, wanted = 'no ID'): string {
  const id = text.toLowerCase()
  if (isId(id)) return id
  throw new UsageError(`'${text}' is ${wanted}: an ID is a UUID, as the lists show it`)
}
