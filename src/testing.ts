// latchkey/testing
export { type Clock, movableClock } from './testing/clock.ts'
export { logInAs, type TestUser } from './testing/log-in.ts'
export { runStoreContract, type StoreContract } from './testing/store-contract.ts'
