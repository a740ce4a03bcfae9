// The health checks: whether the process answers, and whether its database does.
export { GET, HEAD } from './route.ts'
