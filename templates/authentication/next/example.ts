import { protect } from './authentication.ts'

// A route that requires a log-in. A route without `protect` is open to everybody.
export const GET = protect((_request, { user }) =>
  Response.json({ email_address: user.emailAddress }),
)
