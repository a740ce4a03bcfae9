/**
 * Why the way to a database is not safe, in a sentence for whoever starts a server; null where TLS
 * verifies the server, or where nobody is in between: for a file, and for PostgreSQL on this machine.
 */
export function unsafeDatabase(databaseUrl: string): string | null {
  const url = URL.parse(databaseUrl)
  if (!url?.protocol.startsWith('postgres') || isHere(url) || isVerified(url)) return null
  // SECURITY: not the URL that was given: its password would stand in every log.
  const isMode = url.searchParams.has('sslmode')
  const added = `${url.search === '' ? '?' : '&'}sslmode=verify-full`
  const advice = isMode ? 'make its sslmode verify-full' : `add ${added}`
  return `DATABASE_URL leads to another machine, and no TLS verifies that it is the right one: ${advice}`
}

// As pg does: a parameter wins over what stands before the slash, and a path is a socket.
function isHere({ hostname, searchParams }: URL): boolean {
  const host = searchParams.get('host') || decodeURIComponent(hostname)
  return host === '' || host.startsWith('/') || loopback.test(host)
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i

// `require` and the like verify as much as `verify-full` in pg 8, unless it is told to do as libpq does.
function isVerified({ searchParams }: URL): boolean {
  const mode = searchParams.get('sslmode')
  if (mode === 'verify-full') return true
  if (mode) return searchParams.get('uselibpqcompat') !== 'true' && sameInPg.includes(mode)
  if (searchParams.get('sslnegotiation') === 'direct') return true
  if (['true', '1'].includes(searchParams.get('ssl') ?? '')) return true
  return ['sslrootcert', 'sslcert', 'sslkey'].some((name) => searchParams.get(name))
}

const sameInPg = ['prefer', 'require', 'verify-ca']
