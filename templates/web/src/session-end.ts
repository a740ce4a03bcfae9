import { useSession } from 'latchkey/react'
import { useEffect, useSyncExternalStore } from 'react'
import { client, place } from './api.ts'

/** How the session of this tab ended, if it did: users are not told about what they have just done themselves. */
type SessionEnd = 'none' | 'lost' | 'logged_out' | 'deleted'

let wanted: SessionEnd = 'lost'
let current: SessionEnd = 'none'
// A page cannot see whether there is a cookie, and must not report a session as lost that never existed.
let wasThere = place !== 'cookie'

// Called before any component listens, so that all of them see the same value.
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

/** Ends the session at the user's request. */
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
