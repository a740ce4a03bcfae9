// latchkey/express
export { latchkey, type ProtectOptions, protect } from './http/express.ts'
