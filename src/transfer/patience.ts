import { isUnavailable } from '../core/errors.ts'
import type { Database } from '../storage/database.ts'

/** A database whose statements are repeated if it was unavailable. */
export type PatientDatabase = Pick<Database, 'query' | 'transaction'>

export type Pause = (milliseconds: number) => Promise<unknown>

const pausesMilliseconds = [1_000, 5_000, 20_000]

/**
 * Repeats what failed with `unavailable`, since the machine is busy or the database is restarting. The failed
 * transaction may have been committed nevertheless, so it must also work if its rows exist already.
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
