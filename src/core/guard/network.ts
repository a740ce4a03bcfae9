/**
 * The network under which attempts are counted: an IPv4 address, or the /64 of an IPv6 address.
 *
 * SECURITY: a client with one IPv6 address has all of its /64 (RFC 6177 §2), and could use each of them in turn.
 */
export function networkOf(ipAddress: string): string {
  const [, mapped] = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ipAddress) ?? []
  if (mapped !== undefined || !ipAddress.includes(':')) return mapped ?? ipAddress
  const [before = '', after] = ipAddress.split('::')
  const groups = [before, after ?? ''].map((part) =>
    part.split(':').filter((group) => group !== ''),
  )
  const [left = [], right = []] = groups
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const whole = after === undefined ? left : [...left, ...zeros, ...right]
  return whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(':')
}
