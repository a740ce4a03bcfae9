// latchkey/server
export { type Environment, readEnvironment } from './cli/environment.ts'
export { explain } from './cli/explain.ts'
export { createLog } from './cli/log.ts'
export { type Migrating, migrateAtStart } from './cli/migrate-at-start.ts'
export { warnOfMissingKeys } from './cli/missing-keys.ts'
export { type Running, type ServeOptions, serve, stopOnSignals } from './cli/serve.ts'
export { start } from './cli/start.ts'
export type { AccessTokenPolicy } from './core/access-token-policy.ts'
export type { IssuedAccessToken, SubmittedAccessToken } from './core/access-tokens.ts'
export type { CreatedApiKey, SubmittedApiKey } from './core/api-keys.ts'
export { type Auth, createAuth } from './core/auth.ts'
export type { Client } from './core/client.ts'
export type { Configuration } from './core/config.ts'
export type { Connection, Row, Value } from './core/connection.ts'
export type { Count, CountedSubject } from './core/counts.ts'
export type { SubmittedCredentials } from './core/credentials.ts'
export { current } from './core/current.ts'
export { type EmailAddress, parseEmailAddress } from './core/email-address.ts'
export type { SubmittedProof, Verified } from './core/email-verifications.ts'
export type {
  ApiKey,
  AuditEvent,
  Authenticated,
  Authorized,
  Credentials,
  EmailChange,
  EmailProof,
  EmailVerification,
  PasswordReset,
  PasswordResetHorizon,
  PasswordSchemeCount,
  Principal,
  Registration,
  Session,
  SessionAlias,
  SessionHorizon,
  SigningKey,
  User,
} from './core/entities.ts'
export { AuthError, type AuthErrorCode, type InvalidField } from './core/errors.ts'
export type { EventName } from './core/event-names.ts'
export type { FailedAttempts, FailedAttemptsStore } from './core/guard/failed-attempts.ts'
export type { GuardCount, GuardStore, GuardWindow } from './core/guard/guard-store.ts'
export type { Counted, GuardedAct } from './core/guard/limits.ts'
export type { RateLimit, WindowLimit } from './core/guard/rate-limit.ts'
export type { HookContext, HookEvents, Hooks } from './core/hooks.ts'
export type { FirebaseKeys, ImportedKeys } from './core/imported-hashes/family.ts'
export type { Log, LogEntry } from './core/log.ts'
export type { LoggedIn } from './core/log-ins.ts'
export type {
  Delivery,
  DeliveryAttempt,
  Mail,
  Mailbox,
  Message,
  MessageKind,
  MessageStatus,
  NewMessage,
  Sender,
  Transport,
} from './core/mail.ts'
export type { AnsweredRequest, Metrics, RefusedAct, Watched } from './core/metrics.ts'
export type {
  ApiKeyPolicy,
  AuthOptions,
  RateLimits,
  SessionPolicy,
  SignUp,
} from './core/options.ts'
export type { HashLoad } from './core/password-hash/hash-queue.ts'
export { type Argon2idCost, argon2id, type PasswordHash } from './core/password-hash.ts'
export type { PasswordPolicy } from './core/password-policy.ts'
export type { SubmittedPasswordChange } from './core/passwords.ts'
export type { Revocations } from './core/revocations.ts'
export { Secret } from './core/secret.ts'
export type { SignedUp, SubmittedSignUp } from './core/sign-ups.ts'
export type { ListedSigningKey, PublicKey } from './core/signing-keys.ts'
export type { AccessTokenStatements } from './core/statements/access-tokens.ts'
export type { ApiKeyStatements, OwnApiKey } from './core/statements/api-keys.ts'
export type { EmailVerificationStatements } from './core/statements/email-verifications.ts'
export type { EventStatements } from './core/statements/events.ts'
export type { GuardStatements } from './core/statements/guard.ts'
export type { OutboxStatements } from './core/statements/outbox.ts'
export type { PasswordResetStatements } from './core/statements/password-resets.ts'
export type { RegistrationStatements } from './core/statements/registrations.ts'
export type { OwnSession, SeenDevice, SessionStatements } from './core/statements/sessions.ts'
export type { PasswordHashChange, UserStatements } from './core/statements/users.ts'
export type {
  ApiKeyPage,
  Awaitable,
  Backlog,
  ConnectionLoad,
  DeadAliasPage,
  EventPage,
  Lease,
  MessagePage,
  SessionPage,
  Store,
  SweepHorizon,
  SweepStep,
  SweptKey,
  SweptPart,
  SweptTable,
  UserPage,
  UserRange,
} from './core/store.ts'
export type { StoreTransaction } from './core/store-transaction.ts'
export type { NewSpan, OpenSpan, RequestHeaders, SpanAttributes, Tracing } from './core/tracing.ts'
export type { NamedUser } from './core/users.ts'
export type {
  AdmissionOptions,
  RouteAccess,
  ScopeAccess,
  SessionAccess,
} from './http/admission.ts'
export { type Answer, answer } from './http/answers.ts'
export {
  type App,
  type AppOptions,
  createApp,
  createHandler,
  type Handler,
  type Peer,
} from './http/app.ts'
export type { CookieOptions, SiteData } from './http/cookie.ts'
export { lineField, passwordChallengeField, textField } from './http/fields.ts'
export { createGate, type Gate, type GateOptions } from './http/gate.ts'
export { type Fetch, nodeListener, nodeServer } from './http/node.ts'
export { pageOf, pageQuery } from './http/page.ts'
export { type Problem, type Refusal, type RefusalCode, refuse } from './http/problems.ts'
export type { RequestHead } from './http/request-like.ts'
export { type Route, route } from './http/route.ts'
export { toTimestamp } from './http/timestamp.ts'
export type { MailWords } from './mail/messages/words.ts'
export type { MailOptions } from './mail/messages/writer.ts'
export { createOutbox, type Outbox, type OutboxOptions } from './mail/outbox.ts'
export { createMailbox } from './mail/transports/mailbox.ts'
export { createMetrics, type Observation, type ObserveOptions, observe } from './observe/observe.ts'
export {
  readInstant,
  readInstantOrNull,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
} from './storage/columns.ts'
export type { Database, Transaction } from './storage/database.ts'
export { DatabaseUrlError } from './storage/database-url-error.ts'
export {
  listMigrations,
  type MigrationStatus,
  type Migrations,
  migrate,
} from './storage/migrate.ts'
export { MigrationError } from './storage/migration-error.ts'
export { createStore } from './storage/store.ts'
export { createSweeper, type Sweeper, type SweeperOptions } from './storage/sweeper.ts'
export { MissingTablesError } from './storage/tables.ts'
