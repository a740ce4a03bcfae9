import { authentication } from './authentication.ts'

// Every route of Latchkey's: sign-up, log-in, passwords, sessions.
const answer = async (request: Request) => (await authentication()).answer(request)

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
}
