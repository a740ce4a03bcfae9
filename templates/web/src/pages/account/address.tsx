import type { User } from 'latchkey/client'
import { useAuth } from 'latchkey/react'
import { useState } from 'react'
import { ConfirmAddress } from '../../parts/confirm-address.tsx'
import { CurrentPasswordField } from '../../parts/current-password-field.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Form } from '../../parts/form.tsx'
import { useRefreshOnReturn } from '../../parts/use-refresh-on-return.ts'
import { useSending } from '../../parts/use-sending.ts'
import { Setting } from './setting.tsx'

const sending = { submit: 'Send link', ifLost: 'look for our email or try again' }

/** The user's email address; a new one takes effect when they open the link that is sent to it. */
export function Address({ user }: { user: User }) {
  const { email_address, email_verified } = user
  const [isOpen, setOpen] = useState(false)
  const [wanted, setWanted] = useState<string | null>(null)
  const isPending = wanted !== null && wanted !== email_address
  return (
    <Setting
      title={
        <>
          Email address{' '}
          <span className={email_verified ? 'tag good' : 'tag'}>
            {email_verified ? 'Confirmed' : 'Not confirmed'}
          </span>
        </>
      }
      button={
        <button type="button" className="quiet" onClick={() => setOpen(true)}>
          Change email address
        </button>
      }
      below={
        <>
          {wanted !== null && <Wanted emailAddress={wanted} isPending={isPending} />}
          {!email_verified && !isPending && <ConfirmAddress emailAddress={email_address} />}
          {isOpen && (
            <NewAddress
              onClose={() => setOpen(false)}
              onSent={(address) => {
                setOpen(false)
                setWanted(address)
              }}
            />
          )}
        </>
      }
    >
      {email_address}
    </Setting>
  )
}

// Stays after the address has changed, so that the page does not move by itself.
function Wanted({ emailAddress, isPending }: { emailAddress: string; isPending: boolean }) {
  useRefreshOnReturn()
  return (
    <p className="note" role="status">
      {isPending
        ? `We’ve sent an email to ${emailAddress}. Your email address changes once you open the link in it.`
        : 'Your email address has been changed.'}
    </p>
  )
}

interface NewAddressProps {
  readonly onSent: (emailAddress: string) => void
  readonly onClose: () => void
}

function NewAddress({ onSent, onClose }: NewAddressProps) {
  const { client } = useAuth()
  const { state, run } = useSending(
    sending,
    async (change: { email_address: string; password_challenge: string }) => {
      await client.user.update(change)
      onSent(change.email_address.trim().toLowerCase())
    },
  )
  return (
    <Dialog title="Change email address" onClose={onClose}>
      <Form
        state={state}
        {...sending}
        onSend={({ email_address = '', password_challenge = '' }) =>
          void run({ email_address, password_challenge })
        }
        onCancel={onClose}
      >
        <Field
          label="New email address"
          name="email_address"
          type="email"
          autoComplete="email"
          hint="We’ll send a link to it. Nothing changes until you open that link."
        />
        <CurrentPasswordField />
      </Form>
    </Dialog>
  )
}
