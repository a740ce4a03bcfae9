import type { ApiError } from 'latchkey/client'
import type { ActionState } from 'latchkey/react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { stopSecond } from './double-click.ts'
import { explainSent } from './explain-sent.ts'
import { Problems } from './field.tsx'

interface FormProps {
  readonly state: ActionState<unknown>
  /** What was typed, by the names of the fields. */
  readonly onSend: (typed: Record<string, string>) => void
  readonly submit: string
  readonly children?: ReactNode
  /** Called with every change. */
  readonly onType?: (typed: Record<string, string>) => void
  readonly look?: 'danger' | 'quiet'
  /** What to do if nobody knows whether it worked, if reloading the page would not show it. */
  readonly ifLost?: string
  /** In a dialog: what its Cancel button does. */
  readonly onCancel?: () => void
}

/** A form whose fields show their own problems; all others are shown above it. */
export function Form({ state, onSend, submit, children, ...more }: FormProps) {
  const { onType, look, ifLost, onCancel } = more
  const form = useRef<HTMLFormElement>(null)
  const [names, setNames] = useState<readonly string[]>([])
  const [corrected, setCorrected] = useState<readonly string[]>([])
  const isRunning = state.status === 'running'
  useEffect(() => {
    if (state.status === 'refused') focusFirstProblem(form.current)
  }, [state])
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isRunning) return
    setNames(namesIn(event.currentTarget))
    setCorrected([])
    onSend(typedIn(event.currentTarget))
  }
  const onInput = ({ target, currentTarget }: FormEvent<HTMLFormElement>) => {
    setCorrected((before) => [...before, nameOf(target)])
    onType?.(typedIn(currentTarget))
  }
  return (
    // The API validates, and its messages are shown: a browser's own checks refuse some values that it would accept.
    <form ref={form} onSubmit={send} onInput={onInput} noValidate>
      {state.status === 'refused' && <Refusal error={state.error} names={names} ifLost={ifLost} />}
      <Problems value={problemsIn(state, corrected)}>{children}</Problems>
      <div className="actions">
        {onCancel && (
          <button type="button" className="quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" className={look} aria-disabled={isRunning} onClick={stopSecond}>
          {submit}
        </button>
      </div>
      <p className="hidden" role="status">
        {isRunning && 'One moment …'}
      </p>
    </form>
  )
}

interface RefusalProps {
  readonly error: ApiError
  readonly names: readonly string[]
  readonly ifLost: string | undefined
}

/** Problems of fields are shown beside them; all others are shown above the form. */
function Refusal({ error, names, ifLost }: RefusalProps) {
  const others = error.details.filter(({ field }) => !names.includes(field))
  if (error.details.length > 0 && others.length === 0) {
    return (
      <p className="hidden" role="alert">
        {error.message}
      </p>
    )
  }
  return (
    <p className="note bad" role="alert" tabIndex={-1}>
      {others.length > 0
        ? others.map(({ message }) => message).join('. ')
        : explainSent(error, ifLost)}
    </p>
  )
}

// A problem is shown until the field is changed.
function problemsIn(
  state: ActionState<unknown>,
  corrected: readonly string[],
): Readonly<Record<string, string>> {
  if (state.status !== 'refused') return {}
  const left = Object.entries(state.fields).filter(([name]) => !corrected.includes(name))
  return Object.fromEntries(left)
}

function typedIn(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

function namesIn(form: HTMLFormElement): string[] {
  return [...form.elements].map(nameOf).filter(Boolean)
}

function nameOf(target: EventTarget): string {
  return target instanceof Element ? (target.getAttribute('name') ?? '') : ''
}

function focusFirstProblem(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('.note.bad, [aria-invalid="true"]')?.focus()
}
