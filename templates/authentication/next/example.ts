import { protect } from './authentication.ts'

// A route that is closed to anybody who is not logged in; one without `protect` is open to everybody.
export const GET = protect((_request, { user }) =>
  Response.json({ email_address: user.emailAddress }),
)
