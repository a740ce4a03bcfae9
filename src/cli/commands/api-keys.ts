import type { ApiKey } from '../../core/entities.ts'
import { type Command, defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parseId, parsePage, sayRest } from './page.ts'
import { userOperand, withUser } from './user-operand.ts'

const listApiKeys = defineCommand(
  {
    name: 'api-keys list',
    summary: "List a user's unexpired API keys, newest first",
    details: 'With --after ID the list begins after that one.',
    operands: userOperand,
    options: { ...pageOptions, json: jsonOption, ...databaseOptions },
    examples: ['latchkey api-keys list ann@example.com'],
  },
  async (given) => {
    const page = parsePage(given.values)
    await withUser(given, async (auth, user) => {
      const apiKeys = await auth.listApiKeys(user.id, page)
      if (given.values.json) printJson({ api_keys: apiKeys.map(toJson) })
      else if (apiKeys.length === 0) print(`${user.emailAddress} has no API keys.`)
      else printTable([header, ...apiKeys.map(toRow)])
      sayRest(apiKeys, { page, limit: given.values.limit })
    })
  },
)

// These names are an interface: programs read them.
function toJson(apiKey: ApiKey) {
  return {
    id: apiKey.id,
    name: apiKey.name,
    scopes: apiKey.scopes,
    created_at: apiKey.createdAt.toISOString(),
    last_used_at: apiKey.lastUsedAt?.toISOString() ?? null,
    expires_at: apiKey.expiresAt.toISOString(),
  }
}

const header = ['ID', 'NAME', 'SCOPES', 'CREATED (UTC)', 'LAST USED (UTC)', 'EXPIRES (UTC)']

function toRow({ id, name, scopes, createdAt, lastUsedAt, expiresAt }: ApiKey): string[] {
  const used = lastUsedAt ? readable(lastUsedAt) : 'never'
  return [id, name, scopes.join(' '), readable(createdAt), used, readable(expiresAt)]
}

const revokeApiKey = defineCommand(
  {
    name: 'api-keys revoke',
    summary: 'Revoke one API key of a user',
    details: 'Its token is refused from the next request on.',
    operands: `${userOperand} API_KEY_ID`,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey api-keys revoke ann@example.com 01a2092e-6c92-74d9-bfd5-30ed1da6763c'],
  },
  async ({ values, positionals }) => {
    const [name = '', apiKey = '', ...more] = positionals
    if (apiKey === '') throw new UsageError('A user and the ID of an API key are needed')
    const id = parseId(apiKey)
    await withUser({ values, positionals: [name, ...more] }, async (auth, user) => {
      if (!(await auth.revokeApiKey({ id, userId: user.id }))) {
        throw new Refused(
          `${user.emailAddress} has no such API key; latchkey api-keys list shows them all`,
        )
      }
      if (values.json) printJson({ api_key: { id } })
      else print(`Revoked ${id}`)
    })
  },
)

const revokeAllApiKeys = defineCommand(
  {
    name: 'api-keys revoke-all',
    summary: 'Revoke every API key of every user: each program then needs a new one',
    details: `For when keys may have leaked. Sessions stay as they are, and so do keys that are
created meanwhile. It works in small steps, so that servers keep running.`,
    operands: null,
    options: {
      yes: { type: 'boolean', meaning: 'Confirm: without it nothing happens' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey api-keys revoke-all --yes'],
  },
  async ({ values }) => {
    if (!values.yes) throw new UsageError('This locks out every program: confirm with --yes')
    const revoked = await withAuth(values, (auth) => auth.revokeAllApiKeys())
    if (values.json) printJson({ revoked })
    else print(`Revoked ${revoked} ${revoked === 1 ? 'API key' : 'API keys'}`)
  },
)

/** What operators do with API keys. */
export const apiKeyCommands: readonly Command[] = [listApiKeys, revokeApiKey, revokeAllApiKeys]
