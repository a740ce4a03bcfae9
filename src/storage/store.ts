import type { Store } from '../core/store.ts'
import type { StoreTransaction } from '../core/store-transaction.ts'
import * as accessTokens from './access-tokens.ts'
import * as apiKeys from './api-keys.ts'
import type { Connection, Database } from './database.ts'
import * as emails from './email-verifications.ts'
import * as events from './events.ts'
import * as failures from './failed-attempts.ts'
import * as guard from './guard.ts'
import { recordUses } from './last-use.ts'
import { deleteOneTimeTokens } from './one-time-tokens.ts'
import * as outbox from './outbox.ts'
import * as resets from './password-resets.ts'
import * as schemes from './password-schemes.ts'
import { ping } from './ping.ts'
import * as registrations from './registrations.ts'
import * as sessions from './sessions.ts'
import * as signingKeys from './signing-keys.ts'
import { holdLease, sweepTable } from './sweep.ts'
import { findLastSessionImport } from './transfers/session-imports.ts'
import * as users from './users.ts'

/** The store on a migrated database. */
export function createStore(database: Database): Store {
  return {
    findSession: (tokenDigest) => sessions.findSession(database, tokenDigest),
    listSessions: (userId, page) => sessions.listSessions(database, userId, page),
    findLastSessionId: (upTo) => sessions.findLastSessionId(database, upTo),
    findApiKey: (tokenDigest) => apiKeys.findApiKey(database, tokenDigest),
    findApiKeyById: (id) => apiKeys.findApiKeyById(database, id),
    listApiKeys: (userId, page) => apiKeys.listApiKeys(database, userId, page),
    findLastApiKeyId: (upTo) => apiKeys.findLastApiKeyId(database, upTo),
    listDueExpiryNotices: (now) => apiKeys.listDueExpiryNotices(database, now),
    recordUses: (of, ids, usedAt) => recordUses(database, of, { ids, usedAt }),
    listDeadAliases: (now, page) => accessTokens.listDeadAliases(database, now, page),
    listSigningKeys: () => signingKeys.listSigningKeys(database),
    findUser: (id) => users.findUser(database, id),
    listUsers: (page) => users.listUsers(database, page),
    findCredentials: (emailAddress) => users.findCredentials(database, emailAddress),
    findCredentialsById: (userId) => users.findCredentialsById(database, userId),
    listPasswordSchemes: () => schemes.listPasswordSchemes(database),
    countPasswordSchemes: () => schemes.countPasswordSchemes(database),
    findPasswordSchemes: (range) => schemes.findPasswordSchemes(database, range),
    findLastSessionImport: () => findLastSessionImport(database),
    findPasswordReset: (tokenDigest) => resets.findPasswordReset(database, tokenDigest),
    countPasswordResets: (user, horizon) => resets.countPasswordResets(database, user, horizon),
    findEmailVerification: (digest) => emails.findEmailVerification(database, digest),
    isEmailChangeOpen: (proof) => emails.isEmailChangeOpen(database, proof),
    findRegistration: (digest) => registrations.findRegistration(database, digest),
    findNewestRegistration: (emailAddress, now) =>
      registrations.findNewestRegistration(database, emailAddress, now),
    recordEvents: (noted) => events.recordEvents(database, noted),
    listEvents: (page) => events.listEvents(database, page),
    findMessage: (id) => outbox.findMessage(database, id),
    listMessages: (status, page) => outbox.listMessages(database, status, page),
    count: (windows, now) => guard.count(database, windows, now),
    findCounts: (keys) => guard.findCounts(database, keys),
    findFailedAttempts: (key) => failures.findFailedAttempts(database, key),
    replaceFailedAttempts: (key, change) => failures.replaceFailedAttempts(database, key, change),
    sweep: (table, part) => sweepTable(database, table, part),
    holdLease: (name, lease) => holdLease(database, name, lease),
    transaction: (work) => database.transaction((transaction) => work(statements(transaction))),
    findBacklog: () => outbox.findBacklog(database),
    countConnections: () => database.countConnections(),
    countLike: (message, queuedAfter) => outbox.countLike(database, message, queuedAfter),
    findLongestWait: () => outbox.findLongestWait(database),
    ping: () => ping(database),
  }
}

function statements(connection: Connection): StoreTransaction {
  return {
    connection,
    insertUser: (user, passwordHash) => users.insertUser(connection, user, passwordHash),
    holdUser: (userId) => users.holdUser(connection, userId),
    holdPasswordHash: (user, hash) => users.holdPasswordHash(connection, user, hash),
    replacePasswordHash: (user, change) => users.replacePasswordHash(connection, user, change),
    setPasswordHash: (userId, change) => users.setPasswordHash(connection, userId, change),
    forgetImportedPasswords: (change) => schemes.forgetImportedPasswords(connection, change),
    verifyEmailAddress: (proof, at) => users.verifyEmailAddress(connection, proof, at),
    replaceEmailAddress: (proof, at) => users.replaceEmailAddress(connection, proof, at),
    setBannedAt: (userId, at) => users.setBannedAt(connection, userId, at),
    deleteUser: (userId) => users.deleteUser(connection, userId),
    insertSession: (session, digest) => sessions.insertSession(connection, session, digest),
    holdSession: (session) => sessions.holdSession(connection, session),
    trimSessions: (session, limits) => sessions.trimSessions(connection, session, limits),
    renameSession: (session, name) => sessions.renameSession(connection, session, name),
    replaceTokenDigest: (from, to) => sessions.replaceTokenDigest(connection, from, to),
    freshenSession: (session, at) => sessions.freshenSession(connection, session, at),
    deleteSession: (session) => sessions.deleteSession(connection, session),
    deleteSessions: (userId) => sessions.deleteSessions(connection, userId),
    deleteSessionsUpTo: (id, limits) => sessions.deleteSessionsUpTo(connection, id, limits),
    deleteOtherSessions: (session) => sessions.deleteOtherSessions(connection, session),
    seeDevice: (device) => sessions.seeDevice(connection, device),
    insertApiKey: (apiKey, digest) => apiKeys.insertApiKey(connection, apiKey, digest),
    countApiKeys: (userId, now) => apiKeys.countApiKeys(connection, userId, now),
    clearExpiryNotice: (apiKey) => apiKeys.clearExpiryNotice(connection, apiKey),
    deleteApiKey: (apiKey) => apiKeys.deleteApiKey(connection, apiKey),
    deleteApiKeys: (userId) => apiKeys.deleteApiKeys(connection, userId),
    deleteApiKeysUpTo: (id, limits) => apiKeys.deleteApiKeysUpTo(connection, id, limits),
    putSessionAlias: (session, alias) => accessTokens.putSessionAlias(connection, session, alias),
    insertSigningKey: (key) => signingKeys.insertSigningKey(connection, key),
    deleteSigningKey: (id, now) => signingKeys.deleteSigningKey(connection, id, now),
    insertPasswordReset: (reset, digest) => resets.insertPasswordReset(connection, reset, digest),
    consumePasswordReset: (digest, at) => resets.consumePasswordReset(connection, digest, at),
    deletePasswordReset: (digest) => resets.deletePasswordReset(connection, digest),
    deletePasswordResets: (userId) => resets.deletePasswordResets(connection, userId),
    insertEmailVerification: (verification, digest) =>
      emails.insertEmailVerification(connection, verification, digest),
    consumeEmailVerification: (digest, at) =>
      emails.consumeEmailVerification(connection, digest, at),
    deleteEmailVerification: (digest) => emails.deleteEmailVerification(connection, digest),
    deleteEmailVerifications: (userId) => emails.deleteEmailVerifications(connection, userId),
    putEmailChange: (change) => emails.putEmailChange(connection, change),
    consumeEmailChange: (proof) => emails.consumeEmailChange(connection, proof),
    deleteEmailChange: (userId) => emails.deleteEmailChange(connection, userId),
    deleteCounts: (keys) => guard.deleteCounts(connection, keys),
    deleteFailedAttempts: (keys) => failures.deleteFailedAttempts(connection, keys),
    insertRegistration: (registration, digest) =>
      registrations.insertRegistration(connection, registration, digest),
    holdRegistration: (id) => registrations.holdRegistration(connection, id),
    giveRegistrationToken: (registration, digest) =>
      registrations.giveRegistrationToken(connection, registration, digest),
    withdrawRegistrationToken: (digest) =>
      registrations.withdrawRegistrationToken(connection, digest),
    trimRegistrations: (registration, maximum) =>
      registrations.trimRegistrations(connection, registration, maximum),
    isRegistrationUnmailed: (emailAddress, now) =>
      registrations.isRegistrationUnmailed(connection, emailAddress, now),
    consumeRegistration: (digest, at) => registrations.consumeRegistration(connection, digest, at),
    deleteRegistrations: (emailAddress) =>
      registrations.deleteRegistrations(connection, emailAddress),
    deleteOneTimeTokens: (limits) => deleteOneTimeTokens(connection, limits),
    insertMessage: (message) => outbox.insertMessage(connection, message),
    claimMessage: (claim) => outbox.claimMessage(connection, claim),
    renewClaim: (message, until) => outbox.renewClaim(connection, message, until),
    updateMessage: (message) => outbox.updateMessage(connection, message),
    deleteMessage: (message) => outbox.deleteMessage(connection, message),
    deleteRequestedMessages: (recipient) => outbox.deleteRequestedMessages(connection, recipient),
    retryMessage: (id, times) => outbox.retryMessage(connection, id, times),
    insertEvents: (all) => events.insertEvents(connection, all),
    blankEvents: (userId) => events.blankEvents(connection, userId),
  }
}
