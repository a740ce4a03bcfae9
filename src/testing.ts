// latchkey/testing
export { createApiKey, type TestApiKey, type WantedApiKey } from './testing/api-key.ts'
export { type Clock, type Duration, movableClock } from './testing/clock.ts'
export { startControlServer } from './testing/control-server.ts'
export { type LogIn, logInAs, type TestUser } from './testing/log-in.ts'
export { captureMails, type MailOptions, type Mails } from './testing/mails.ts'
export { runStoreContract, type StoreContract } from './testing/store-contract.ts'
export {
  createTestServer,
  type OpenedDatabase,
  type TestServer,
  type TestServerApp,
  type TestServerOptions,
} from './testing/test-server.ts'
export { type TestSettings, testSettings } from './testing/test-settings.ts'
export type { AppWithFetch, AppWithRequest, TestedApp } from './testing/tested-app.ts'
export { type AppWithMails, verifyAddress } from './testing/verify-address.ts'
