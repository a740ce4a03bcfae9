import { inject } from 'vitest'

/** What `run.ts` was asked for; in `npm test`, what is short enough for it. */
export interface FaultOptions {
  readonly kills: number
  readonly seed: number
  /** Of how many processes a server is, where a scenario does not say. */
  readonly processes: number
  readonly soakMinutes: number
  /** Where histories and rows are kept; null for a folder that goes with the test. */
  readonly folder: string | null
}

declare module 'vitest' {
  interface ProvidedContext {
    faults: Partial<FaultOptions>
  }
}

export function faultOptions(): FaultOptions {
  const short = { kills: 20, processes: 1, soakMinutes: 1, folder: null }
  return { ...short, seed: Math.trunc(performance.timeOrigin % 1e6), ...inject('faults') }
}
