// Where a password is changed, and keys that other services verify access tokens with.
export { GET, HEAD } from './route.ts'
