import { ApiError } from 'latchkey/client'
import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { Form } from './form.tsx'
import { useSending } from './use-sending.ts'

interface ConfirmDialogProps {
  readonly title: string
  /** What will happen. */
  readonly children: ReactNode
  /** The label of the button: what it does. */
  readonly submit: string
  readonly act: () => Promise<unknown>
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Asks for confirmation before something is deleted. */
export function ConfirmDialog({ title, children, submit, act, ...then }: ConfirmDialogProps) {
  const { state, run } = useSending({ submit }, async () => {
    await act().catch(unlessGone)
    then.onDone()
  })
  return (
    <Dialog title={title} onClose={then.onClose}>
      <Form
        state={state}
        look="danger"
        submit={submit}
        onSend={() => void run()}
        onCancel={then.onClose}
      >
        <p>{children}</p>
      </Form>
    </Dialog>
  )
}

// It was already deleted, on another device or in another tab: that is what the user wanted.
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'not_found') throw error
}
