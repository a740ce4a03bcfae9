import type { Client } from '../core/client.ts'
import type { RequestHead } from './request-like.ts'

/** Whoever sits at this machine. */
export interface Developer {
  /** What they know this server by: `http://localhost:3000`. */
  readonly origin: string
}

/**
 * Who may use the routes of development: a browser or a `curl` of this machine, that asks for
 * `localhost` by name.
 *
 * @returns null for everybody else, who is not to learn that there is such a route
 */
export function admitDeveloper(
  request: Pick<RequestHead, 'headers'>,
  { ipAddress }: Pick<Client, 'ipAddress'>,
): Developer | null {
  const { headers } = request
  const host = headers.get('host') ?? ''
  // SECURITY: each of the four is needed. The server may listen to a network, whose peers are no
  // loopback. A proxy or a tunnel on this machine is a loopback peer that speaks for others, and
  // says so in its headers. A page from afar whose name was made to lead here (DNS rebinding) asks
  // through the developer's own browser, but for its own name. And a script of another origin says
  // its `Origin`: mails are not shared, whatever the list of CORS says.
  const isHere = loopback.test(ipAddress ?? '') && localhost.test(host)
  if (!isHere || isForwarded(headers) || headers.has('origin')) return null
  return { origin: `http://${host.toLowerCase()}` }
}

const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/
const localhost = /^localhost(?::\d{1,5})?$/i

// RFC 7239, RFC 9110 §7.6.3, and what proxies, tunnels and networks for delivery add of their own.
const forwarding = new Set([
  'forwarded',
  'via',
  'cdn-loop',
  'client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-host',
  'x-real-ip',
])

function isForwarded(headers: RequestHead['headers']): boolean {
  return [...headers.keys()].some(
    (name) => /^x-(?:original-)?forwarded/.test(name) || forwarding.has(name),
  )
}
