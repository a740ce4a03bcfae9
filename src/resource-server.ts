// latchkey/resource-server
export type { AccessToken } from './resource-server/access-token.ts'
export type { ResourceServerOptions } from './resource-server/options.ts'
export type { Refused } from './resource-server/refused.ts'
export { type ResourceServer, resourceServer } from './resource-server/resource-server.ts'
