import { z } from 'zod'
import { maximumApiKeyNameLength } from '../core/api-keys.ts'
import type { Auth } from '../core/auth.ts'
import type { ApiKey } from '../core/entities.ts'
import { answer } from './answers.ts'
import { expiryField, scopesField } from './api-key-fields.ts'
import { lineField, passwordChallengeField } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'

const apiKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
  expires_at: z.iso.datetime(),
})

/** API keys, by which programs act for a user: list, create and revoke them. */
export function apiKeys(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/api_keys',
      access: 'session',
      summary: 'Your API keys, newest first',
      query: pageQuery,
      answers: {
        200: {
          description: 'A page of them',
          body: z.object({ api_keys: z.array(apiKeySchema), next_cursor: z.uuid().nullable() }),
        },
      },
      async handle({ user, query: { limit, cursor = null } }) {
        const found = await auth.listApiKeys(user.id, { limit: limit + 1, after: cursor })
        const { page, next_cursor } = pageOf(found, limit)
        return answer({ api_keys: page.map(presentApiKey), next_cursor })
      },
    }),

    route({
      method: 'POST',
      path: '/v1/api_keys',
      access: 'fresh',
      summary: 'Create an API key',
      body: z.object({
        name: lineField({ maximumLength: maximumApiKeyNameLength }),
        scopes: scopesField(auth.config.apiKeys),
        expires_at: expiryField(auth.config).nullish(),
        password_challenge: passwordChallengeField.optional(),
      }),
      answers: {
        201: {
          description: 'The key, and its token: shown this once',
          body: z.object({ api_key: apiKeySchema, token: z.string() }),
        },
      },
      async handle({ session, user, client, body }) {
        const { name, scopes, expires_at: expiresAt = null } = body
        const submitted = { name, scopes, expiresAt }
        const created = await auth.createApiKey({ session, user }, submitted, client)
        if (!created) return refuse('invalid_token')
        const { apiKey, token } = created
        return answer({ api_key: presentApiKey(apiKey), token: token.reveal() }, 201)
      },
    }),

    route({
      method: 'DELETE',
      path: '/v1/api_keys/:id',
      access: 'session',
      summary: 'Revoke an API key',
      params: z.object({ id: z.uuid().toLowerCase() }),
      answers: { 204: { description: 'Its token is dead' } },
      async handle({ session, client, params: { id } }) {
        const revoked = await auth.revokeOwnApiKey(session, id, client)
        if (revoked === null) return refuse('invalid_token')
        return revoked ? answer(undefined, 204) : refuse('not_found')
      },
    }),
  ]
}

// SECURITY: the members are named one by one, so that a new member of `ApiKey` is not sent until it is added here.
function presentApiKey(apiKey: ApiKey): z.infer<typeof apiKeySchema> {
  return {
    id: apiKey.id,
    name: apiKey.name,
    scopes: [...apiKey.scopes],
    created_at: toTimestamp(apiKey.createdAt),
    last_used_at: apiKey.lastUsedAt && toTimestamp(apiKey.lastUsedAt),
    expires_at: toTimestamp(apiKey.expiresAt),
  }
}
