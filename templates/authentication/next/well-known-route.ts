// The redirect to the page for changing a password, and the public keys that verify access tokens.
export { GET, HEAD } from './route.ts'
