import { useAuth } from 'latchkey/react'
import { useState } from 'react'
import { CurrentPasswordField } from '../../parts/current-password-field.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Form } from '../../parts/form.tsx'
import { useSending } from '../../parts/use-sending.ts'
import { leave } from '../../session-end.ts'
import { Setting } from './setting.tsx'

const sending = {
  submit: 'Delete my account',
  ifLost: 'reload the page: if you’re logged out then, your account is deleted',
}

export function AccountEnd() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Setting
      title="Delete account"
      button={
        <button type="button" className="quiet danger" onClick={() => setOpen(true)}>
          Delete account
        </button>
      }
      below={isOpen && <Deletion onClose={() => setOpen(false)} />}
    >
      Permanently deletes your projects and all your other data.
    </Setting>
  )
}

// App leads to the welcome page when the session is gone.
function Deletion({ onClose }: { onClose: () => void }) {
  const { client } = useAuth()
  const { state, run } = useSending(sending, (password_challenge: string) =>
    leave('deleted', () => client.user.delete({ password_challenge })),
  )
  return (
    <Dialog title="Delete your account?" onClose={onClose}>
      <Form
        state={state}
        look="danger"
        {...sending}
        onSend={({ password_challenge = '' }) => void run(password_challenge)}
        onCancel={onClose}
      >
        <p>Your projects and API keys will be deleted, too. This can’t be undone.</p>
        <CurrentPasswordField />
      </Form>
    </Dialog>
  )
}
