/**
 * Says in a sentence why the connection to a database is not safe; null if TLS verifies the server, or if none is
 * needed, as for a file or for PostgreSQL on this machine.
 */
export function unsafeDatabase(databaseUrl: string): string | null {
  const url = URL.parse(databaseUrl)
  if (!url?.protocol.startsWith('postgres') || isHere(url) || isVerified(url)) return null
  // SECURITY: not the given URL: its password would be in every log.
  const isMode = url.searchParams.has('sslmode')
  const added = `${url.search === '' ? '?' : '&'}sslmode=verify-full`
  const advice = isMode ? 'make its sslmode verify-full' : `add ${added}`
  return `DATABASE_URL leads to another machine, and no TLS verifies that it is the right one: ${advice}`
}

// As in pg, a parameter takes precedence over the host of the URL, and a path is a socket.
function isHere({ hostname, searchParams }: URL): boolean {
  const host = searchParams.get('host') || decodeURIComponent(hostname)
  return host === '' || host.startsWith('/') || loopback.test(host)
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i

// In pg 8 `require` and the like verify as much as `verify-full`, unless it is told to behave like libpq.
function isVerified({ searchParams }: URL): boolean {
  const mode = searchParams.get('sslmode')
  if (mode === 'verify-full') return true
  if (mode) return searchParams.get('uselibpqcompat') !== 'true' && sameInPg.includes(mode)
  if (searchParams.get('sslnegotiation') === 'direct') return true
  if (['true', '1'].includes(searchParams.get('ssl') ?? '')) return true
  return ['sslrootcert', 'sslcert', 'sslkey'].some((name) => searchParams.get(name))
}

const sameInPg = ['prefer', 'require', 'verify-ca']
