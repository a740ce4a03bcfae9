import type { Client } from '../core/client.ts'
import type { RequestHead } from './request-like.ts'

/** Somebody who sits at this machine. */
export interface Developer {
  /** The URL at which they reach this server: `http://localhost:3000`. */
  readonly origin: string
}

/**
 * Admits a browser or a `curl` on this machine, which addresses the server as `localhost`, to the development routes.
 *
 * @returns null for everybody else, who must not learn that such a route exists
 */
export function admitDeveloper(
  request: Pick<RequestHead, 'headers'>,
  { ipAddress }: Pick<Client, 'ipAddress'>,
): Developer | null {
  const { headers } = request
  const host = headers.get('host') ?? ''
  // SECURITY: all four checks are needed. If the server listens on a network, peers may not be loopback. A proxy or
  // tunnel on this machine is a loopback peer, but its headers show that it forwards. A remote page whose name
  // resolves to this machine (DNS rebinding) runs in the developer's browser, but asks for its own host name. And a
  // script of another origin sends `Origin`: it gets no mails, whatever `corsOrigins` says.
  const isHere = loopback.test(ipAddress ?? '') && localhost.test(host)
  if (!isHere || isForwarded(headers) || headers.has('origin')) return null
  return { origin: `http://${host}` }
}

const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/
const localhost = /^localhost(?::\d{1,5})?$/i

// RFC 7239, RFC 9110 §7.6.3, and the headers that proxies, tunnels and CDNs have invented.
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
