import type { Session } from 'latchkey/client'
import { Icon } from '../../parts/icon.tsx'
import { Row } from '../../parts/list.tsx'
import { Time } from '../../parts/time.tsx'

interface DeviceRowProps {
  readonly device: Session
  readonly onRename: () => void
  readonly onEnd: () => void
}

export function DeviceRow({ device, onRename, onEnd }: DeviceRowProps) {
  const { name, current, ip_address, last_used_at, created_at, user_agent } = device
  return (
    <Row
      icon={<Icon path={pictureOf(user_agent ?? '')} />}
      actions={
        <>
          <button type="button" className="plain" onClick={onRename}>
            Rename<span className="hidden"> {name}</span>
          </button>
          {!current && (
            <button type="button" className="plain danger" onClick={onEnd}>
              Log out<span className="hidden"> {name}</span>
            </button>
          )}
        </>
      }
    >
      <h2>
        {name} {current && <span className="tag good">This device</span>}
      </h2>
      <p className="muted">
        Last used <Time at={last_used_at} />
        {ip_address && ` from ${ip_address}`} · Logged in <Time at={created_at} />
      </p>
    </Row>
  )
}

const phone = 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm3 15h2'
const computer = 'M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM2 19h20'
const program =
  'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm2.5 4.5 3 3-3 3M13 15h3.5'

// What is not a browser is a program.
function pictureOf(userAgent: string): string {
  if (/iPhone|iPad|Android|Mobile/.test(userAgent)) return phone
  return userAgent.startsWith('Mozilla/') ? computer : program
}
