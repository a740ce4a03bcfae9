import { isUnavailable } from '../core/errors.ts'
import type { Database } from '../storage/database.ts'

/** A database that is asked again where it was away. */
export type PatientDatabase = Pick<Database, 'query' | 'transaction'>

export type Pause = (milliseconds: number) => Promise<unknown>

const pausesMilliseconds = [1_000, 5_000, 20_000]

/**
 * Others come first, and a machine may be full of them; or a database begins anew. What was refused as
 * `unavailable` is tried again. It may have been committed all the same, so nothing in a transaction may mind
 * to be there already.
 */
export function withPatience(database: Database, pause: Pause): PatientDatabase {
  const patiently = async <T>(attempt: () => Promise<T>): Promise<T> => {
    for (const milliseconds of pausesMilliseconds) {
      try {
        return await attempt()
      } catch (error) {
        if (!isUnavailable(error)) throw error
        await pause(milliseconds)
      }
    }
    return attempt()
  }
  return {
    query: (sql, values) => patiently(() => database.query(sql, values)),
    transaction: (work) => patiently(() => database.transaction(work)),
  }
}
