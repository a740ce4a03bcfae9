import type { Session } from 'latchkey/client'
import { useAuth } from 'latchkey/react'
import { useCallback, useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { ListView } from '../parts/list.tsx'
import { AccountPart } from '../parts/page.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useList } from '../parts/use-list.ts'
import { DeviceName } from './devices/device-name.tsx'
import { DeviceRow } from './devices/device-row.tsx'

type Open =
  | { readonly kind: 'none' }
  | { readonly kind: 'others' }
  | { readonly kind: 'rename' | 'end'; readonly device: Session }

/** Where the user is logged in. */
export default function DevicesPage() {
  const { client } = useAuth()
  const ask = useCallback(
    async (cursor: string | null) => {
      const { sessions, next_cursor: next } = await client.sessions.list(cursor ? { cursor } : {})
      return { items: sessions, next }
    },
    [client],
  )
  const list = useList(ask)
  const toast = useToast()
  const [open, setOpen] = useState<Open>({ kind: 'none' })
  const close = () => setOpen((now) => (now === open ? { kind: 'none' } : now))
  const done = (words: string) => {
    close()
    toast(words)
  }
  const hasOthers =
    list.state.status === 'there' && list.state.items.some(({ current }) => !current)
  return (
    <AccountPart
      title="Devices"
      action={
        hasOthers && (
          <button type="button" className="quiet" onClick={() => setOpen({ kind: 'others' })}>
            Log out all others
          </button>
        )
      }
    >
      <p className="intro">
        Where you’re logged in. If you don’t recognise a device, log it out and change your
        password.
      </p>
      <ListView list={list} empty={null}>
        {(device) => (
          <DeviceRow
            key={device.id}
            device={device}
            onRename={() => setOpen({ kind: 'rename', device })}
            onEnd={() => setOpen({ kind: 'end', device })}
          />
        )}
      </ListView>
      {open.kind === 'rename' && (
        <DeviceName
          device={open.device}
          onSaved={(device) => {
            list.put(device)
            done('Device renamed.')
          }}
          onClose={close}
        />
      )}
      {open.kind === 'end' && (
        <ConfirmDialog
          title="Log out this device?"
          submit="Log out device"
          act={() => client.sessions.delete(open.device.id)}
          onDone={() => {
            list.remove(open.device.id)
            done('Device logged out.')
          }}
          onClose={close}
        >
          <strong>{open.device.name}</strong> will need your password to get back in.
        </ConfirmDialog>
      )}
      {open.kind === 'others' && (
        <ConfirmDialog
          title="Log out all other devices?"
          submit="Log out all others"
          act={client.sessions.deleteOthers}
          onDone={() => {
            list.reload()
            done('All other devices are logged out.')
          }}
          onClose={close}
        >
          Every device but this one will need your password to get back in.
        </ConfirmDialog>
      )}
    </AccountPart>
  )
}
