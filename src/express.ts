// latchkey/express
export type { ProtectOptions, RouteAccess } from './http/admission.ts'
export { latchkey, protect } from './http/express.ts'
