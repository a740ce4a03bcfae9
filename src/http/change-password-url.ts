import { type Route, route } from './route.ts'

/**
 * The URL at which a password manager lets its user change a password (W3C, A Well-Known URL for Changing Passwords).
 *
 * @param appUrl without a slash at the end
 */
export function changePasswordUrl(appUrl: string): Route[] {
  return [
    route({
      method: 'GET',
      path: '/.well-known/change-password',
      access: 'public',
      summary: 'The page on which a password is changed',
      answers: { 302: { description: 'To `/account` of the front end' } },
      handle: () => ({ status: 302, body: undefined, headers: { location: `${appUrl}/account` } }),
    }),
  ]
}
