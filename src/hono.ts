// latchkey/hono
export { type Protected, type ProtectOptions, protect } from './http/hono.ts'
