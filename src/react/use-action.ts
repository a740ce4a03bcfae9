'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../client/api-error.ts'

/** The progress of a request to the API. */
export type ActionState<Result> =
  | { readonly status: 'idle' }
  | { readonly status: 'running' }
  | { readonly status: 'done'; readonly result: Result }
  | { readonly status: 'refused'; readonly error: ApiError; readonly fields: FieldMessages }

/** What is wrong with each field of a form. */
export type FieldMessages = Readonly<Record<string, string>>

/** A request to the API that a component can run, for example when a form is submitted. */
export interface Action<Input extends readonly unknown[], Result> {
  readonly state: ActionState<Result>
  /** Does nothing while it is running, so that a second click makes no second request. */
  run(...input: Input): Promise<void>
  /** Sets the state to idle, and ignores the outcome of a request under way. */
  reset(): void
}

/**
 * Runs a verb of the client, and returns its state: idle, running, done or refused. Errors other than `ApiError` are
 * thrown by `run`.
 */
export function useAction<Input extends readonly unknown[], Result>(
  verb: (...input: Input) => Promise<Result>,
): Action<Input, Result> {
  const [state, setState] = useState<ActionState<Result>>({ status: 'idle' })
  // The run under way, if any.
  const running = useRef<object>(null)
  const latest = useRef(verb)
  useEffect(() => {
    latest.current = verb
  })
  const run = useCallback(async (...input: Input) => {
    if (running.current) return
    const own = {}
    running.current = own
    const settle = (settled: ActionState<Result>) => {
      if (running.current !== own) return
      running.current = null
      setState(settled)
    }
    setState({ status: 'running' })
    try {
      settle({ status: 'done', result: await latest.current(...input) })
    } catch (error) {
      if (error instanceof ApiError) settle({ status: 'refused', error, fields: fieldsOf(error) })
      else {
        settle({ status: 'idle' })
        throw error
      }
    }
  }, [])
  const reset = useCallback(() => {
    running.current = null
    setState({ status: 'idle' })
  }, [])
  return { state, run, reset }
}

function fieldsOf({ details }: ApiError): FieldMessages {
  return Object.fromEntries(details.map(({ field, message }) => [field, message]))
}
