import { useAuth } from 'latchkey/react'
import { Form } from './form.tsx'
import { useRefreshOnReturn } from './use-refresh-on-return.ts'
import { useSending } from './use-sending.ts'

const sending = { submit: 'Send confirmation email', ifLost: 'look for our email or try again' }

/** For users who have not confirmed their email address yet. */
export function ConfirmAddress({ emailAddress }: { emailAddress: string }) {
  const { client } = useAuth()
  const { state, run } = useSending(sending, client.emailVerifications.create)
  const isSent = state.status === 'done'
  useRefreshOnReturn()
  if (isSent) {
    return (
      <p className="note" role="status" tabIndex={-1} ref={takeFocus}>
        We’ve sent an email to {emailAddress}. Open the link in it to confirm your email address.
      </p>
    )
  }
  return <Form state={state} look="quiet" {...sending} onSend={() => void run()} />
}

// The button, which had the focus, is gone.
function takeFocus(note: HTMLElement | null): void {
  note?.focus()
}
