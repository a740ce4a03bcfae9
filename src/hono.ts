// latchkey/hono
export { type Protected, protect } from './http/hono.ts'
