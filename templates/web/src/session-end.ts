import { useSession } from 'latchkey/react'
import { useEffect, useSyncExternalStore } from 'react'
import { client, place } from './api.ts'

/** How the session of this tab ended, if it did: users are not told of what they just did themselves. */
type SessionEnd = 'none' | 'lost' | 'logged_out' | 'deleted'

let wanted: SessionEnd = 'lost'
let current: SessionEnd = 'none'
// No page can see whether there is a cookie: a session that never was must not be reported as lost.
let wasThere = place !== 'cookie'

// Before any component listens, so that all of them see the same.
client.listen((change) => {
  current = change === 'signed_in' ? 'none' : wanted
})

export function useSessionEnd(): SessionEnd {
  const { status } = useSession()
  useEffect(() => {
    if (status === 'signed_in') wasThere = true
  }, [status])
  const end = useSyncExternalStore(client.listen, () => current)
  return end === 'lost' && !wasThere ? 'none' : end
}

/** Ends the session because its user wants to. */
export async function leave(
  as: 'logged_out' | 'deleted',
  end: () => Promise<unknown>,
): Promise<void> {
  wanted = as
  try {
    await end()
  } finally {
    wanted = 'lost'
  }
}
