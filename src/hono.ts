// latchkey/hono
export type { ProtectOptions } from './http/admission.ts'
export { type Protected, protect } from './http/hono.ts'
