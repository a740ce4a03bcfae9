'use client'
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Client } from '../client/client.ts'
import { type Auth, type SessionState, type SessionStore, storeOf } from './session-store.ts'

const AuthContext = createContext<SessionStore | null>(null)

/** Provides the session of a client to all components inside it. */
export function AuthProvider({ client, children }: { client: Client; children?: ReactNode }) {
  return <AuthContext value={storeOf(client)}>{children}</AuthContext>
}

/**
 * Who is logged in. The component renders again when that changes, even in another tab.
 *
 * @throws Error outside an `AuthProvider`
 */
export function useSession(): SessionState {
  const { subscribe, current, first } = useProvided()
  return useSyncExternalStore(subscribe, current, first)
}

/**
 * The client, and `refresh` to ask for the session again. Always returns the same object.
 *
 * @throws Error outside an `AuthProvider`
 */
export function useAuth(): Auth {
  return useProvided()
}

function useProvided(): SessionStore {
  const store = useContext(AuthContext)
  if (store) return store
  throw new Error('There is no <AuthProvider> around this component')
}
