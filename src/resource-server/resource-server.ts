import { type AccessToken, readClaims } from './access-token.ts'
import { parseCompact } from './compact.ts'
import { type PublishedKeys, publishedKeys } from './keys.ts'
import { parseOptions, type ResourceServerOptions, type Settings } from './options.ts'
import { type Refused, refuse, refuseScope } from './refused.ts'
import { type PublishedRevocations, publishedRevocations } from './revocations.ts'
import { hasValidSignature } from './signature.ts'

/** A service beside the API that accepts its access tokens. */
export interface ResourceServer {
  /**
   * The caller, according to the `Authorization` header of a request, or the refusal to answer with.
   *
   * A refusal has a `status`, a caller does not:
   *
   *     if ('status' in caller) return Response.json(caller.body, caller)
   *
   * If there is a `scope`, one or several separated by spaces, a caller who lacks one of them is refused.
   *
   * @throws RangeError for a scope that no token could have
   */
  authenticate(
    authorization: string | null | undefined,
    options?: { readonly scope?: string },
  ): Promise<AccessToken | Refused>
}

interface Sources {
  readonly settings: Settings
  readonly keys: PublishedKeys
  readonly revocations: PublishedRevocations
}

/**
 * Accepts access tokens of the API for one audience. Keys and revocations are fetched when a request needs them: there
 * are no timers, and there is nothing to stop.
 *
 * @throws RangeError for invalid options
 */
export function resourceServer(options: ResourceServerOptions): ResourceServer {
  const settings = parseOptions(options)
  const keys = publishedKeys(settings)
  const revocations = publishedRevocations(settings)
  return {
    authenticate: async (authorization, { scope } = {}) => {
      const needed = scope === undefined ? [] : parseScopes(scope)
      const token = tokenOf(authorization ?? '')
      if (token === null) return refuse('unauthenticated')
      const found = await verify(token, { settings, keys, revocations })
      if ('status' in found) return found
      return needed.every((each) => found.scopes.includes(each)) ? found : refuseScope(needed)
    },
  }
}

// The scheme may be in any case (RFC 9110 §11.1). Another scheme counts as no credential, and `Bearer` alone as an
// invalid token.
function tokenOf(header: string): string | null {
  return /^bearer(?: |$)/i.test(header) ? header.slice('Bearer'.length).replace(/^ +/, '') : null
}

// Cheap checks first: revocations are fetched only for a token with a valid signature.
async function verify(
  token: string,
  { settings, keys, revocations }: Sources,
): Promise<AccessToken | Refused> {
  const compact = parseCompact(token)
  const read = compact && readClaims(compact, settings)
  if (!compact || !read) return refuse('invalid_token')
  const keySet = await keys.holding(compact.kid)
  if (keySet === 'unavailable') return refuse('unavailable')
  if (!keySet || !(await hasValidSignature(compact, keySet))) return refuse('invalid_token')
  const standing = await revocations.standingOf(read)
  if (standing === 'unavailable') return refuse('unavailable')
  return standing === 'revoked' ? refuse('invalid_token') : read.accessToken
}

function parseScopes(text: string): readonly string[] {
  const scopes = text.split(' ')
  if (scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope))) return scopes
  throw new RangeError(`No token can have the scope ${JSON.stringify(text)}`)
}
