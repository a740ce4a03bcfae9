import { BlockList, isIP } from 'node:net'

/** Finds the address of a client behind a list of trusted proxies. */
export interface ClientAddresses {
  /** The right-most hop that is not a trusted proxy; null if the peer is not known. */
  find(headers: Pick<Headers, 'get' | 'has'>, peer: string | undefined): string | null
}

/**
 * Only a listed proxy may say whom a request comes from (ASVS 4.1.3). From any other peer, `X-Forwarded-For` and
 * `Forwarded` (RFC 7239) are claims of the client, and ignored.
 *
 * @param trustedProxies addresses and networks, such as `10.0.0.0/8` or `::1`
 * @param notice called once, for the first private peer that sends these headers but is not listed
 * @throws RangeError for an entry that is neither an address nor a network
 */
export function clientAddresses(
  trustedProxies: readonly string[],
  notice: (peer: string) => void,
): ClientAddresses {
  const trusted = networks(trustedProxies)
  const peers = new Map<string, Peer>()
  let isNoticed = false
  return {
    find(headers, text = '') {
      const { address, isTrusted } = peers.get(text) ?? notePeer(text)
      if (!address) return null
      if (!isTrusted) {
        if (!isNoticed && isProxy(headers, address)) {
          isNoticed = true
          notice(address)
        }
        return address
      }
      const found = [hopsOf(headers), standardHopsOf(headers)]
        .filter((hops) => hops !== null)
        .map((hops) => firstUntrusted(hops, address))
      // SECURITY: if the two headers differ, a proxy passed one of them on as the client sent it: neither is trusted.
      return found.every((each) => each === found[0]) ? (found[0] ?? address) : address
    },
  }

  // Remembered, since a connection carries many requests, and all connections of a proxy have one peer.
  function notePeer(text: string): Peer {
    const address = parseAddress(text)
    const peer = { address, isTrusted: address !== null && includes(trusted, address) }
    if (peers.size >= 1_000) peers.clear()
    peers.set(text, peer)
    return peer
  }

  // `hops` lead from the peer to the client. If one cannot be read, those beyond it are not trusted.
  function firstUntrusted(hops: Iterable<string | null>, peer: string): string {
    let nearest = peer
    for (const hop of hops) {
      if (hop === null) return nearest
      nearest = hop
      if (!includes(trusted, hop)) return hop
    }
    return nearest
  }
}

interface Peer {
  readonly address: string | null
  readonly isTrusted: boolean
}

/** Whether a text is an IP address, or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : 128
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
  return isIP(address) !== 0 && fits && more.length === 0
}

function networks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    if (!isNetwork(text))
      throw new RangeError(`${text} is not an address or network like 10.0.0.0/8`)
    const [address = '', prefix] = text.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return list
}

function isProxy(headers: Pick<Headers, 'has'>, address: string): boolean {
  return (headers.has('x-forwarded-for') || headers.has('forwarded')) && isInner(address)
}

function isInner(address: string): boolean {
  inner ??= networks(innerNetworks)
  return includes(inner, address)
}

// Private networks, in which a proxy that is not listed is likely to be.
const innerNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '::1',
  'fc00::/7',
]

// Made when it is first needed, so that start-up need not wait: to parse an IPv6 network, Node compiles a pattern.
let inner: BlockList | null = null

function includes(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

// SECURITY: read lazily from the end, where the proxies have appended: what stands before was sent by the client, and
// may be thousands of addresses.
function hopsOf(headers: Pick<Headers, 'get'>): Iterable<string | null> | null {
  const header = headers.get('x-forwarded-for')
  return header === null ? null : each(backwards(header, ','), parseAddress)
}

function standardHopsOf(headers: Pick<Headers, 'get'>): Iterable<string | null> | null {
  const header = headers.get('forwarded')
  return header === null ? null : each(unquotedBackwards(header, ','), parseElement)
}

function parseElement(element: string): string | null {
  const pairs = [...unquotedBackwards(element, ';')]
  const named = pairs.map((pair) => /^\s*for=(.*)$/i.exec(pair)?.[1])
  const [text = '', ...more] = named.filter((value) => value !== undefined)
  return more.length > 0 ? null : parseAddress(text.trim().replace(/^"(.*)"$/, '$1'))
}

function* each<T>(texts: Iterable<string>, read: (text: string) => T): Generator<T, void> {
  for (const text of texts) yield read(text)
}

/** The parts of a text, the last first. */
function* backwards(text: string, separator: string): Generator<string, void> {
  let rest = text
  for (let at = rest.lastIndexOf(separator); at >= 0; at = rest.lastIndexOf(separator)) {
    yield rest.slice(at + 1)
    rest = rest.slice(0, at)
  }
  yield rest
}

// SECURITY: split from the end, which a trusted proxy wrote. Besides `for` it may contain the Host as sent, in quotes.
// What stands before comes from the client, which may have opened a quote and never closed it.
function* unquotedBackwards(text: string, separator: string): Generator<string, void> {
  let end = text.length
  let isQuoted = false
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === '"' && !isEscaped(text, index)) isQuoted = !isQuoted
    if (text[index] !== separator || isQuoted) continue
    yield text.slice(index + 1, end)
    end = index
  }
  yield text.slice(0, end)
}

function isEscaped(text: string, index: number): boolean {
  let before = index
  while (text[before - 1] === '\\') before--
  return (index - before) % 2 === 1
}

// 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1]:4711.
function parseAddress(text: string): string | null {
  const trimmed = text.trim()
  const [, bracketed, dotted] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(trimmed) ?? []
  const address = bracketed ?? dotted ?? trimmed
  const family = isIP(address)
  return family === 6 ? unmapped(shortened(address)) : family === 4 ? address : null
}

// SECURITY: one spelling for each address (RFC 5952), since addresses are compared and counted. The zone of a
// link-local address is dropped, since a URL cannot contain it.
function shortened(address: string): string {
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`)
  return hostname.slice(1, -1)
}

// RFC 4291 §2.5.5.2: Node writes an IPv4 peer of a dual-stack socket as ::ffff:192.0.2.1.
function unmapped(address: string): string {
  const hexadecimal = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address)
  if (!hexadecimal) return address
  const groups = hexadecimal.slice(1).map((group) => Number.parseInt(group, 16))
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.')
}
