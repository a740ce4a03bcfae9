/** Your app, or any other that answers requests in the process: Hono's `request`. */
interface TestedApp {
  request(path: string, init: RequestInit): Response | Promise<Response>
}

/** A user who has signed up, with the header that their requests carry. */
export interface TestUser {
  readonly id: string
  readonly emailAddress: string
  readonly password: string
  readonly token: string
  readonly headers: { readonly authorization: string }
}

let users = 0

/**
 * Signs a new user up through the front door, and returns what their requests need:
 * `app.request('/v1/notes', { headers })`.
 *
 * @throws Error when the app refuses, with its answer
 */
export async function logInAs(
  app: TestedApp,
  emailAddress = `user-${++users}@example.com`,
): Promise<TestUser> {
  const password = `correct horse ${emailAddress}`
  const response = await app.request('/v1/registrations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email_address: emailAddress, password }),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`Signing up answered ${response.status}: ${text}`)
  const { token, user } = JSON.parse(text)
  const headers = { authorization: `Bearer ${token}` }
  return { id: user.id, emailAddress, password, token, headers }
}
