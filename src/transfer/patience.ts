import { isUnavailable } from '../core/errors.ts'
import type { Database } from '../storage/database.ts'

/** A database that is asked again when it was away. */
export type PatientDatabase = Pick<Database, 'query' | 'transaction'>

export type Pause = (milliseconds: number) => Promise<unknown>

const pausesMilliseconds = [1_000, 5_000, 20_000]

/**
 * Repeats what was refused as `unavailable`: others come first on a busy machine, or the database
 * is restarting. It may have been committed all the same, so a transaction must work where its rows
 * are there already.
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
