import { UsageError } from './command.ts'

/** @throws UsageError */
export function parseMessageId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new UsageError(`'${text}' is no ID: an ID is a whole number`)
}
