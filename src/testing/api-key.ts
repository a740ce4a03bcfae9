import type { TestUser } from './log-in.ts'
import { obtain, type TestedApp, textOf } from './tested-app.ts'

/** The API key to create. */
export interface WantedApiKey {
  readonly scopes: readonly string[]
  /** Default `Test`. */
  readonly name?: string | undefined
}

/** An API key, with the headers of requests that use it. */
export interface TestApiKey {
  readonly id: string
  readonly token: string
  readonly headers: { readonly authorization: string }
}

/**
 * Creates an API key for a user who has confirmed their address, as `verifyAddress` does.
 *
 * @throws Error if the app refuses, with its answer
 */
export async function createApiKey(
  app: TestedApp,
  { headers }: Pick<TestUser, 'headers'>,
  { scopes, name = 'Test' }: WantedApiKey,
): Promise<TestApiKey> {
  const asked = { body: { name, scopes }, headers, status: 201 }
  const { body } = await obtain(app, 'POST /v1/api_keys', asked)
  const token = textOf(body, 'token')
  return { id: textOf(body.api_key, 'id'), token, headers: { authorization: `Bearer ${token}` } }
}
