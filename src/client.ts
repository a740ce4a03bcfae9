// latchkey/client
export { ApiError, type ClientCode, type ErrorCode } from './client/api-error.ts'
export { type Client, type ClientOptions, createClient, type SignedUp } from './client/client.ts'
export type { Fetch } from './client/sender.ts'
export type { Listener, SessionChange } from './client/tabs.ts'
export {
  type CookieStorage,
  inCookie,
  inMemory,
  inWebStorage,
  type TokenStorage,
  type WebStorage,
} from './client/token-storage.ts'
export type {
  AccessToken,
  AddressProof,
  ApiKey,
  AuditEvent,
  Challenged,
  Credentials,
  NewApiKey,
  NewEmailAddress,
  NewPassword,
  NewUser,
  PageQuery,
  PasswordReset,
  Problem,
  RefusalCode,
  Session,
  User,
  WantedAccessToken,
} from './client/wire.ts'
