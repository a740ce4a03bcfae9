import { UsageError } from './command.ts'

/**
 * The choice that an option names; null where it is not given.
 *
 * @throws UsageError for what is none of the choices
 */
export function parseChoice<Choice extends string>(
  option: string,
  given: string | undefined,
  choices: readonly Choice[],
): Choice | null {
  const choice = choices.find((each) => each === given) ?? null
  if (given === undefined || choice !== null) return choice
  throw new UsageError(`--${option} must be one of ${choices.join(', ')}`)
}
