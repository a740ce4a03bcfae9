// latchkey/express
export type { ProtectOptions } from './http/admission.ts'
export { latchkey, protect } from './http/express.ts'
