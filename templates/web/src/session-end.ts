import { useSession } from 'latchkey/react'
import { useEffect, useSyncExternalStore } from 'react'
import { client, place } from './api.ts'

/**
 * How the session of this tab ended, if it did: users are not told about what they have just done themselves. With
 * `unkept`, it began and was gone at once, because the browser keeps no cookie.
 */
type SessionEnd = 'none' | 'lost' | 'unkept' | 'logged_out' | 'deleted'

let current: SessionEnd = 'none'
// What the user asked for and is under way. A log-out is always the same function, a deletion each time another one.
const leaving = new Set<() => Promise<unknown>>()
let isNew = false
// A page cannot see whether there is a cookie, and must not report a session as lost that never existed.
let wasThere = place !== 'cookie'
const listeners = new Set<() => void>()

// Called before any component listens, so that all of them see the same value.
client.listen((change) => {
  // A log-out that is still under way is of the session before.
  if (change === 'signed_in') leaving.delete(client.session.delete)
  if (change === 'signed_out') tell(leaving.size > 0 ? 'logged_out' : lost())
  else tell('none')
  isNew = change === 'signed_in' && place === 'cookie'
})

function lost(): SessionEnd {
  if (isNew) return 'unkept'
  return wasThere ? 'lost' : 'none'
}

function tell(end: SessionEnd): void {
  // A log-out that is answered after the account was deleted has nothing to add.
  if (current === 'deleted' && end !== 'none') return
  current = end
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function useSessionEnd(): SessionEnd {
  const { status } = useSession()
  useEffect(() => {
    if (status !== 'signed_in') return
    wasThere = true
    isNew = false
  }, [status])
  return useSyncExternalStore(listen, () => current)
}

/** Ends the session at the user's request; does nothing if it is a log-out while one is under way. */
export async function leave(
  as: 'logged_out' | 'deleted',
  end: () => Promise<unknown>,
): Promise<void> {
  if (leaving.has(end)) return
  leaving.add(end)
  try {
    await end()
    tell(as)
  } catch (error) {
    // The session was already dead, and the account is still there.
    if (as === 'deleted' && current === 'logged_out') tell('lost')
    throw error
  } finally {
    leaving.delete(end)
  }
}
