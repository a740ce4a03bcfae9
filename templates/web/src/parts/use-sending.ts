import { type Action, useAction, useAuth } from 'latchkey/react'
import { type RefObject, useEffect, useRef } from 'react'
import { explainSent } from './explain-sent.ts'
import { useToast } from './toasts.tsx'

/** What a form sends. */
interface Sending {
  /** The label of the button. */
  readonly submit: string
  /** As of `<Form>`. */
  readonly ifLost?: string
}

/**
 * `useAction` for a form that users can close or leave. That does not call back what was sent: if it is refused
 * afterwards, a toast says so.
 */
export function useSending<Input extends readonly unknown[], Result>(
  { submit, ifLost }: Sending,
  verb: (...input: Input) => Promise<Result>,
): Action<Input, Result> {
  const { client } = useAuth()
  const toast = useToast()
  const isOpen = useIsOpen()
  return useAction(async (...input: Input) => {
    try {
      return await verb(...input)
    } catch (error) {
      // If the session has ended, the log-in page says that.
      if (!isOpen.current && (await client.mayBeSignedIn())) {
        toast(`“${submit}”: ${inLabels(explainSent(error, ifLost))}`)
      }
      throw error
    }
  })
}

/** Whether the component is still on the page, for work that outlives it. */
export function useIsOpen(): RefObject<boolean> {
  const isOpen = useRef(true)
  useEffect(() => {
    isOpen.current = true
    return () => {
      isOpen.current = false
    }
  }, [])
  return isOpen
}

// The API names its fields; the dialogs call this one differently.
function inLabels(words: string): string {
  return words.replace('Password challenge', 'Current password').replaceAll('\n', '. ')
}
