// latchkey/resource-server
export type { AccessToken } from './resource-server/access-token.ts'
export type { Refused } from './resource-server/refused.ts'
export {
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
} from './resource-server/resource-server.ts'
