// The redirect to where a password is changed, and the keys that other services verify access tokens with.
export { GET, HEAD } from './route.ts'
