import { useAction, useAuth } from 'latchkey/react'
import { useEffect } from 'react'
import { Form } from './form.tsx'

/** For whoever has not shown yet that they read the mail of their address. */
export function ConfirmAddress({ emailAddress }: { emailAddress: string }) {
  const { client, refresh } = useAuth()
  const { state, run } = useAction(client.emailVerifications.create)
  const isSent = state.status === 'done'
  // The link opens another tab; whoever comes back from there finds this one up to date.
  useEffect(() => {
    const look = () => void refresh()
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [refresh])
  if (isSent) {
    return (
      <p className="note" role="status" tabIndex={-1} ref={takeFocus}>
        We’ve sent an email to {emailAddress}. Open the link in it to confirm your address.
      </p>
    )
  }
  return (
    <Form state={state} look="quiet" submit="Send confirmation email" onSend={() => void run()} />
  )
}

// What had it is gone: the button.
function takeFocus(note: HTMLElement | null): void {
  note?.focus()
}
