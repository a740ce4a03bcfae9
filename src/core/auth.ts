import { issueAccessToken, requireAccessTokens } from './access-tokens.ts'
import { authenticateApiKey, createApiKey, revokeApiKey, revokeOwnApiKey } from './api-keys.ts'
import { operator, unknownClient } from './client.ts'
import { type Configuration, resolveConfiguration } from './config.ts'
import { clearCounts, listCounts } from './counts.ts'
import {
  renameSession,
  revokeOtherSessions,
  revokeOwnSession,
  revokeSession,
  revokeSessions,
  rotateToken,
} from './devices.ts'
import {
  isEmailVerificationLive,
  requestEmailChange,
  requestEmailVerification,
  verifyEmailAddress,
} from './email-verifications.ts'
import { freshen, isFresh, verifyChallenge } from './freshness.ts'
import { forgetImportedPasswords } from './imported-passwords.ts'
import { timeChecks } from './instrumentation.ts'
import { logIn } from './log-ins.ts'
import { revokeAllApiKeys, revokeAllSessions, revokeOneTimeTokens } from './mass-revocation.ts'
import type { AuthOptions } from './options.ts'
import { isPasswordResetLive, requestPasswordReset, resetPassword } from './password-resets.ts'
import { changePassword, setPassword } from './passwords.ts'
import type { Secret } from './secret.ts'
import { expiresAt, horizonOf } from './session-expiry.ts'
import { authenticate, logOut } from './sessions.ts'
import { signUp } from './sign-ups.ts'
import { listSigningKeys, revokeSigningKey } from './signing-keys.ts'
import { banUser, createUser, deleteOwnUser, deleteUser, findUser, unbanUser } from './users.ts'
import type { Auth } from './verbs.ts'

export type { Auth } from './verbs.ts'

/**
 * Binds every verb of Latchkey to one configuration: the table of contents of this folder.
 *
 * @throws RangeError for a setting that would switch a protection off
 */
export function createAuth<Fields = unknown>(options: AuthOptions<Fields>): Auth {
  const listeners = new Set<() => void>()
  const config = resolveConfiguration(options, () => {
    // SECURITY: deferred, so that a listener affects neither the time nor the answer of the request.
    for (const listener of listeners) setImmediate(() => void notify(config, listener))
  })
  return {
    config,
    signUp: (submitted, client = unknownClient) => signUp(config, submitted, client),
    logIn: (credentials, client = unknownClient) => logIn(config, credentials, client),
    logOut: (session, client = unknownClient) => logOut(config, session, client),
    listSessions: (userId, page) =>
      config.store.listSessions(userId, { ...horizonOf(config), ...page }),
    renameSession: (session, name) => renameSession(config, session, name),
    revokeSession: (session, client = operator) => revokeSession(config, session, client),
    revokeOwnSession: (session, id, client = unknownClient) =>
      revokeOwnSession(config, session, { id, client }),
    revokeSessions: (userId, client = operator) => revokeSessions(config, userId, client),
    revokeAllSessions: (client = operator) => revokeAllSessions(config, client),
    revokeOtherSessions: (session, client = unknownClient) =>
      revokeOtherSessions(config, session, client),
    rotateToken: ({ session, token }, client = unknownClient) =>
      rotateToken(config, { session, token: textOf(token) }, client),
    authenticate: timeChecks(config, 'session', (token) => authenticate(config, textOf(token))),
    createApiKey: (authenticated, submitted, client = unknownClient) =>
      createApiKey(config, authenticated, { submitted, client }),
    listApiKeys: (userId, page) =>
      config.store.listApiKeys(userId, { now: config.clock(), ...page }),
    revokeApiKey: (apiKey, client = operator) => revokeApiKey(config, apiKey, client),
    revokeOwnApiKey: (session, id, client = unknownClient) =>
      revokeOwnApiKey(config, session, { id, client }),
    revokeAllApiKeys: (client = operator) => revokeAllApiKeys(config, client),
    authenticateApiKey: timeChecks(config, 'api_key', (token) =>
      authenticateApiKey(config, textOf(token)),
    ),
    issueAccessToken: (authenticated, submitted, client = unknownClient) =>
      issueAccessToken(config, authenticated, { submitted, client }),
    listPublicKeys: async () => requireAccessTokens(config).keyRing.published(),
    listRevocations: async () => requireAccessTokens(config).revocations.get(),
    listSigningKeys: () => listSigningKeys(config),
    rotateSigningKey: async (when) =>
      (await requireAccessTokens(config).keyRing.rotate(when))?.id ?? null,
    async revokeSigningKey(id) {
      const outcome = await revokeSigningKey(config, id)
      config.accessTokens?.keyRing.forget()
      return outcome
    },
    listCounts: (subject) => listCounts(config, subject),
    clearCounts: (subject, client = operator) => clearCounts(config, subject, client),
    listEvents: (of, page) => config.store.listEvents({ ...of, ...page }),
    expiresAt: (session) => expiresAt(config, session),
    isFresh: (session) => isFresh(config, session),
    freshen: (authenticated, challenge, client = unknownClient) =>
      freshen(config, authenticated, { challenge, client }),
    verifyPassword: async (user, challenge, client = unknownClient) =>
      (await verifyChallenge(config, user, { challenge, client })) !== null,
    changePassword: (authenticated, change, client = unknownClient) =>
      changePassword(config, authenticated, { ...change, client }),
    requestEmailVerification: (authenticated, client = unknownClient) =>
      requestEmailVerification(config, authenticated, client),
    requestEmailChange: (authenticated, emailAddress, client = unknownClient) =>
      requestEmailChange(config, authenticated, { emailAddress, client }),
    isEmailVerificationLive: (token) => isEmailVerificationLive(config, token),
    verifyEmailAddress: (submitted, client = unknownClient) =>
      verifyEmailAddress(config, { ...submitted, client }),
    findUser: (named) => findUser(config, named),
    listUsers: (page) => config.store.listUsers(page),
    banUser: (userId, client = operator) => banUser(config, userId, client),
    unbanUser: (userId, client = operator) => unbanUser(config, userId, client),
    deleteUser: (user, client = operator) => deleteUser(config, user, client),
    deleteOwnUser: (session, client = unknownClient) => deleteOwnUser(config, session, client),
    createUser: (credentials) => createUser(config, credentials),
    setPassword: (credentials) => setPassword(config, credentials),
    countPasswordSchemes: () => config.store.countPasswordSchemes(),
    forgetImportedPasswords: (client = operator) => forgetImportedPasswords(config, client),
    requestPasswordReset: (emailAddress, client = unknownClient) =>
      requestPasswordReset(config, emailAddress, client),
    revokeOneTimeTokens: () => revokeOneTimeTokens(config),
    isPasswordResetLive: (token) => isPasswordResetLive(config, token),
    resetPassword: (token, password, client = unknownClient) =>
      resetPassword(config, token, { password, client }),
    onMessageQueued(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async flush() {
      const { apiKeyUse, refusedAttempts, sessionUse } = config
      await Promise.all([sessionUse.flush(), apiKeyUse.flush(), refusedAttempts.flush()])
    },
  }
}

// A listener that fails must not end the process.
async function notify({ log }: Configuration, listener: () => unknown): Promise<void> {
  try {
    await listener()
  } catch (err) {
    log.error({ err }, 'a listener of onMessageQueued failed')
  }
}

function textOf(token: string | Secret): string {
  return typeof token === 'string' ? token : token.reveal()
}
