import { useAuth } from 'latchkey/react'
import { CurrentPasswordField } from '../../parts/current-password-field.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Choice, Field } from '../../parts/field.tsx'
import { Form } from '../../parts/form.tsx'
import { useToast } from '../../parts/toasts.tsx'
import { useIsOpen, useSending } from '../../parts/use-sending.ts'
import { CreatedApiKey } from './created-api-key.tsx'
import { scopes } from './scopes.ts'
import { ScopesField } from './scopes-field.tsx'

const sending = { submit: 'Create API key' }
const dayInMilliseconds = 86_400_000
// The longest is a day short of the API's maximum, because the API counts by its own clock, and a browser's may be off.
const lifetimes = { 7: '7 days', 30: '30 days', 90: '90 days', 364: 'a year' }

interface NewApiKeyProps {
  readonly onCreated: () => void
  readonly onClose: () => void
}

export function NewApiKey({ onCreated, onClose }: NewApiKeyProps) {
  const { client } = useAuth()
  const toast = useToast()
  const isOpen = useIsOpen()
  const { state, run } = useSending(sending, async (typed: Record<string, string>) => {
    const { name = '', expires_at: days = '', password_challenge = '' } = typed
    const { token } = await client.apiKeys.create({
      name,
      password_challenge,
      scopes: Object.keys(scopes).filter((scope) => scope in typed),
      expires_at: new Date(Date.now() + Number(days) * dayInMilliseconds).toISOString(),
    })
    onCreated()
    if (!isOpen.current)
      toast(`${name} was created, but its form was closed. Revoke it: nobody has it.`)
    return token
  })
  if (state.status === 'done') return <CreatedApiKey token={state.result} onClose={onClose} />
  return (
    <Dialog title="New API key" onClose={onClose}>
      <Form state={state} {...sending} onSend={(typed) => void run(typed)} onCancel={onClose}>
        <Field label="Name" name="name" hint="What will use the key, such as Nightly backup" />
        <ScopesField />
        <Choice label="Expires in" name="expires_at" defaultValue="90" options={lifetimes} />
        <CurrentPasswordField />
      </Form>
    </Dialog>
  )
}
