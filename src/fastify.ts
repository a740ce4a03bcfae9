// latchkey/fastify
export type { RouteAccess } from './http/admission.ts'
export { type LatchkeyOptions, latchkey, type ProtectOptions, protect } from './http/fastify.ts'
