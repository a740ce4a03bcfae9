import type { Session } from 'latchkey/client'
import { useAuth } from 'latchkey/react'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Form } from '../../parts/form.tsx'
import { useSending } from '../../parts/use-sending.ts'

const sending = { submit: 'Save name' }

interface DeviceNameProps {
  readonly device: Session
  readonly onSaved: (device: Session) => void
  readonly onClose: () => void
}

/** Another name for a device, so that its user recognizes it. */
export function DeviceName({ device, onSaved, onClose }: DeviceNameProps) {
  const { client } = useAuth()
  const { state, run } = useSending(sending, async (name: string) => {
    const { session } = await client.sessions.rename(device.id, name)
    onSaved(session)
  })
  return (
    <Dialog title="Rename device" onClose={onClose}>
      <Form
        state={state}
        {...sending}
        onSend={({ name = '' }) => void run(name)}
        onCancel={onClose}
      >
        <Field label="Name" name="name" defaultValue={device.name} hint="For example, My laptop" />
      </Form>
    </Dialog>
  )
}
