import { createAuth } from '../../core/auth.ts'
import type { SigningKey } from '../../core/entities.ts'
import { KeyEncryption } from '../../core/signing-keys/key-encryption.ts'
import {
  type ListedSigningKey,
  listSigningKeys,
  openSigningKey,
  rotateSigningKey,
} from '../../core/signing-keys.ts'
import { readKeyEncryptionEnvironment } from '../access-token-environment.ts'
import { type Command, defineCommand, Refused } from './command.ts'
import { databaseOptions, withAuth, withStore } from './database.ts'
import { oneOf } from './operand.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { parseId } from './page.ts'

const listKeys = defineCommand(
  {
    name: 'signing-keys list',
    summary: 'List the keys that access tokens are signed with, newest first',
    details: `next: it will sign. signing: it signs new tokens. retiring: it signed tokens that
may still be accepted, or another key overtook it. retired: none of its tokens is
accepted, and a sweep deletes it. The first key is made for the first token.`,
    operands: null,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey signing-keys list'],
  },
  async ({ values }) => {
    const keys = await withAuth(values, (auth) => auth.listSigningKeys())
    if (values.json) printJson({ signing_keys: keys.map(toJson) })
    else if (keys.length === 0) print('There are no signing keys.')
    else printTable([header, ...keys.map(toRow)])
  },
)

const rotateKeys = defineCommand(
  {
    name: 'signing-keys rotate',
    summary: 'Make a new key that replaces the current one',
    details: `It is published at once and signs from 15 minutes later, when every service that
accepts access tokens knows it: no token is refused. --now is for a key that has
leaked, or that KEY_ENCRYPTION_KEY no longer decrypts: for up to a minute some
services may refuse tokens that they cannot verify yet.
KEY_ENCRYPTION_KEY has to be the server's. Without --now it has to decrypt the
existing key: with a different one, servers could not sign 15 minutes later.`,
    operands: null,
    options: {
      now: { type: 'boolean', meaning: 'The new key signs at once' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey signing-keys rotate', 'latchkey signing-keys rotate --now'],
  },
  async ({ values }) => {
    const encryption = readEncryption(values)
    const signs = values.now ? 'at_once' : 'soon'
    const made = await withStore(values, async (store) => {
      const { config } = createAuth({ store })
      if (!values.now) await requireSameKey(await store.listSigningKeys(), encryption)
      const key = await rotateSigningKey(config, encryption, { signs })
      const keys = await listSigningKeys(config)
      return keys.find(({ id }) => id === key?.id)
    })
    if (!made)
      throw new Refused('Another key was made at the same moment: latchkey signing-keys list')
    if (values.json) printJson({ signing_key: toJson(made) })
    else print(`Made ${made.id}, which signs from ${readable(made.signsFrom)} UTC on`)
  },
)

const revokeKey = defineCommand(
  {
    name: 'signing-keys revoke',
    summary: 'Revoke a key that has leaked',
    details: `First make another, with latchkey signing-keys rotate --now: the key that signs
cannot be revoked. Servers may sign with a revoked key for up to a minute; services
refuse its tokens once they fetch the keys again: those with latchkey/resource-server
within ten minutes, restarted ones at once.`,
    operands: 'KEY_ID',
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey signing-keys revoke 01a2092e-6c92-74d9-bfd5-30ed1da6763c'],
  },
  async ({ values, positionals }) => {
    const id = parseId(oneOf(positionals, 'The ID of one key'))
    const outcome = await withAuth(values, (auth) => auth.revokeSigningKey(id))
    if (outcome !== 'revoked') throw new Refused(refusals[outcome])
    if (values.json) printJson({ signing_key: { id } })
    else print(`Revoked ${id}`)
  },
)

const refusals = {
  unknown: 'There is no such signing key; latchkey signing-keys list shows them all',
  signing: 'This is the key that signs: run latchkey signing-keys rotate --now first',
}

function readEncryption({ dev = false }: { dev?: boolean | undefined }): KeyEncryption {
  const key = readKeyEncryptionEnvironment(process.env, dev ? 'development' : 'production')
  if (key) return new KeyEncryption(key)
  throw new Refused("KEY_ENCRYPTION_KEY must be set to the server's: it encrypts the new key")
}

// SECURITY: a wrong key in the operator's shell would otherwise show only when the new key begins to sign.
async function requireSameKey(
  [newest]: readonly SigningKey[],
  encryption: KeyEncryption,
): Promise<void> {
  if (!newest) return
  try {
    await openSigningKey(newest, encryption)
  } catch {
    throw new Refused(
      `KEY_ENCRYPTION_KEY does not decrypt the signing key ${newest.id}: set the server's. If that is lost, or was changed on purpose, add --now`,
    )
  }
}

// These names are an interface: programs read them.
function toJson({ id, algorithm, status, createdAt, signsFrom }: ListedSigningKey) {
  return {
    id,
    algorithm,
    status,
    created_at: createdAt.toISOString(),
    signs_from: signsFrom.toISOString(),
  }
}

const header = ['ID', 'ALGORITHM', 'STATUS', 'CREATED (UTC)', 'SIGNS FROM (UTC)']

function toRow({ id, algorithm, status, createdAt, signsFrom }: ListedSigningKey): string[] {
  return [id, algorithm, status, readable(createdAt), readable(signsFrom)]
}

/** What operators do with the keys of access tokens. */
export const signingKeyCommands: readonly Command[] = [listKeys, rotateKeys, revokeKey]
