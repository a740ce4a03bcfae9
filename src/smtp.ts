// latchkey/smtp
export { smtp } from './mail/transports/smtp.ts'
