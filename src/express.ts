// latchkey/express
export type {
  ProtectOptions,
  RouteAccess,
  ScopeAccess,
  SessionAccess,
} from './http/admission.ts'
export { latchkey, type Middleware, protect } from './http/express.ts'
