import { authorization } from './authorization.ts'
import { cors } from './cors.ts'
import { logIns } from './log-ins.ts'
import { logOuts } from './log-outs.ts'
import { passwordResets } from './password-resets.ts'
import { projects } from './projects.ts'
import { registrations } from './registrations.ts'
import type { Row } from './row.ts'
import { unknownRoutes } from './unknown-routes.ts'

/** Every request that was tried on Rails. */
export const rows: readonly Row[] = [
  ...registrations,
  ...logIns,
  ...logOuts,
  ...authorization,
  ...projects,
  ...unknownRoutes,
  ...cors,
  ...passwordResets,
]
