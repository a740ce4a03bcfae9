import { useAuth } from 'latchkey/react'
import { useState } from 'react'
import { CurrentPasswordField } from '../../parts/current-password-field.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Form } from '../../parts/form.tsx'
import { NewPasswordField } from '../../parts/new-password-field.tsx'
import { useToast } from '../../parts/toasts.tsx'
import { useSending } from '../../parts/use-sending.ts'
import { Setting } from './setting.tsx'

const sending = { submit: 'Save new password', ifLost: 'look under Activity to find out' }

export function Password() {
  const toast = useToast()
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  const done = () => {
    close()
    toast('Password changed. Your other devices have been logged out.')
  }
  return (
    <Setting
      title="Password"
      button={
        <button type="button" className="quiet" onClick={() => setOpen(true)}>
          Change password
        </button>
      }
      below={isOpen && <NewPassword onDone={done} onClose={close} />}
    >
      Changing it logs you out on all your other devices.
    </Setting>
  )
}

function NewPassword({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { client } = useAuth()
  const { state, run } = useSending(
    sending,
    async (change: { password_challenge: string; password: string }) => {
      await client.password.update(change)
      onDone()
    },
  )
  return (
    <Dialog title="Change password" onClose={onClose}>
      <Form
        state={state}
        {...sending}
        onSend={({ password_challenge = '', password = '' }) =>
          void run({ password_challenge, password })
        }
        onCancel={onClose}
      >
        <CurrentPasswordField />
        <NewPasswordField label="New password" />
      </Form>
    </Dialog>
  )
}
