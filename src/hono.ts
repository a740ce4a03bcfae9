// latchkey/hono
export type {
  ProtectOptions,
  RouteAccess,
  ScopeAccess,
  SessionAccess,
} from './http/admission.ts'
export { type Protected, type ProtectedByScope, protect } from './http/hono.ts'
