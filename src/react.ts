// latchkey/react
export { AuthProvider, useAuth, useSession } from './react/auth-provider.tsx'
export type { Auth, SessionState } from './react/session-store.ts'
export { type Action, type ActionState, type FieldMessages, useAction } from './react/use-action.ts'
