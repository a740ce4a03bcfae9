import { readFileSync } from 'node:fs'

/** The requests of a file, and whose turn it is. */
export interface Turns {
  readonly requests: readonly Buffer[]
  next: number
}

const files = new Map<string, Turns>()

/** Reads a file once: the next run continues where the last one ended. */
export function readTurns(file: string): Turns {
  const known = files.get(file)
  if (known) return known
  const requests: string[] = JSON.parse(readFileSync(file, 'utf8'))
  const turns = { requests: requests.map((request) => Buffer.from(request, 'latin1')), next: 0 }
  files.set(file, turns)
  return turns
}

export function nextRequest(turns: Turns): Buffer | string {
  return turns.requests[turns.next++ % turns.requests.length] ?? ''
}
