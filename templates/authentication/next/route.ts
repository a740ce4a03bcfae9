import { authentication } from './authentication.ts'

// All of Latchkey's routes below /v1: sign-up, log-in, passwords, sessions and so on.
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
