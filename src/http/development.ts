import type { Client } from '../core/client.ts'
import type { RequestHead } from './request-like.ts'

/** Somebody at this machine. */
export interface Developer {
  /** The URL at which they reach this server: `http://localhost:3000`. */
  readonly origin: string
}

/**
 * Admits to the development routes a browser or a `curl` on this machine that asks for `localhost` by name.
 *
 * @returns null for everybody else, who must not learn that the route exists
 */
export function admitDeveloper(
  request: Pick<RequestHead, 'headers'>,
  { ipAddress }: Pick<Client, 'ipAddress'>,
): Developer | null {
  const { headers } = request
  const host = headers.get('host') ?? ''
  // SECURITY: all four checks are needed. The server may listen on a network, whose peers are not loopback. A
  // proxy or tunnel on this machine is a loopback peer that forwards for others, and says so in its headers. A
  // remote page whose name was made to resolve here (DNS rebinding) comes through the developer's own browser,
  // but asks for its own name. And a script of another origin sends `Origin`: it gets no mails, whatever the
  // CORS list says.
  const isHere = loopback.test(ipAddress ?? '') && localhost.test(host)
  if (!isHere || isForwarded(headers) || headers.has('origin')) return null
  return { origin: `http://${host.toLowerCase()}` }
}

const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/
const localhost = /^localhost(?::\d{1,5})?$/i

// RFC 7239, RFC 9110 §7.6.3, and the headers that proxies, tunnels and CDNs add of their own.
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
