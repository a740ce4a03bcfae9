import type { ApiKey } from 'latchkey/client'
import { useAuth, useSession } from 'latchkey/react'
import { useCallback, useState } from 'react'
import { ConfirmAddress } from '../parts/confirm-address.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { ListView } from '../parts/list.tsx'
import { AccountPart } from '../parts/page.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useList } from '../parts/use-list.ts'
import { ApiKeyRow } from './api-keys/api-key-row.tsx'
import { NewApiKey } from './api-keys/new-api-key.tsx'

type Open =
  | { readonly kind: 'none' }
  | { readonly kind: 'new' }
  | { readonly kind: 'end'; readonly apiKey: ApiKey }

/** The user's API keys, with which programs use the API. */
export default function ApiKeysPage() {
  const { client } = useAuth()
  const ask = useCallback(
    async (cursor: string | null) => {
      const { api_keys, next_cursor: next } = await client.apiKeys.list(cursor ? { cursor } : {})
      return { items: api_keys, next }
    },
    [client],
  )
  const list = useList(ask)
  const session = useSession()
  const toast = useToast()
  const [open, setOpen] = useState<Open>({ kind: 'none' })
  const close = () => setOpen((now) => (now === open ? { kind: 'none' } : now))
  const revoked = ({ id }: ApiKey) => {
    close()
    list.remove(id)
    toast('API key revoked.')
  }
  if (session.status !== 'signed_in') return null
  const { email_address, email_verified } = session.user
  return (
    <AccountPart
      title="API keys"
      action={
        email_verified && (
          <button type="button" onClick={() => setOpen({ kind: 'new' })}>
            New API key
          </button>
        )
      }
    >
      <p className="intro">
        An API key lets a program use your account, within the limits you set. Keep it as secret as
        your password.
      </p>
      {!email_verified && (
        <section className="box setting apart">
          <div className="what">
            <h2>Confirm your email address first</h2>
            <p className="muted">We need to know that our emails reach you.</p>
          </div>
          <ConfirmAddress emailAddress={email_address} />
        </section>
      )}
      <ListView list={list} empty={<NoApiKeys />}>
        {(apiKey) => (
          <ApiKeyRow
            key={apiKey.id}
            apiKey={apiKey}
            onRevoke={() => setOpen({ kind: 'end', apiKey })}
          />
        )}
      </ListView>
      {open.kind === 'new' && <NewApiKey onCreated={list.reload} onClose={close} />}
      {open.kind === 'end' && (
        <ConfirmDialog
          title="Revoke API key?"
          submit="Revoke API key"
          act={() => client.apiKeys.delete(open.apiKey.id)}
          onDone={() => revoked(open.apiKey)}
          onClose={close}
        >
          Programs that use <strong>{open.apiKey.name}</strong> will stop working immediately.
        </ConfirmDialog>
      )}
    </AccountPart>
  )
}

function NoApiKeys() {
  return (
    <>
      <Icon path="M15 3a6 6 0 0 0-5.8 7.5L3 16.7V21h4.3v-2.5h2.5V16H12l1.5-1.2A6 6 0 1 0 15 3Zm1.5 4.5v.01" />
      <h2>No API keys yet</h2>
      <p>Create one when a script or another service needs your projects.</p>
    </>
  )
}
