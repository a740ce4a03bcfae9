// latchkey/express
export type { ProtectOptions, RouteAccess } from './http/admission.ts'
export { type Guard, latchkey, protect } from './http/express.ts'
