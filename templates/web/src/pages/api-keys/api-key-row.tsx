import type { ApiKey } from 'latchkey/client'
import { Row } from '../../parts/list.tsx'
import { Day, Time } from '../../parts/time.tsx'
import { scopes } from './scopes.ts'

export function ApiKeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { name, last_used_at, expires_at } = apiKey
  return (
    <Row
      actions={
        <button type="button" className="plain danger" onClick={onRevoke}>
          Revoke<span className="hidden"> {name}</span>
        </button>
      }
    >
      <h2>{name}</h2>
      <p className="text">{apiKey.scopes.map((scope) => scopes[scope] ?? scope).join(' · ')}</p>
      <p className="muted">
        {last_used_at ? (
          <>
            Last used <Time at={last_used_at} />
          </>
        ) : (
          'Never used'
        )}{' '}
        · {Date.parse(expires_at) < Date.now() ? 'Expired' : 'Expires'} on <Day at={expires_at} />
      </p>
    </Row>
  )
}
