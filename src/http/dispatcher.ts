import type { Auth } from '../core/auth.ts'
import type { Client } from '../core/client.ts'
import { type RequestEventName, severityOf } from '../core/event-names.ts'
import { Allowances, runWithin } from '../core/guard/allowances.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import { logOf, type Tracing } from '../core/tracing.ts'
import {
  type Answer,
  type Envelope,
  type Presented,
  present,
  requestIdOf,
  securityHeaders,
} from './answers.ts'
import { refuseForgery } from './bearer.ts'
import { type ClientAddresses, clientAddresses } from './client-address.ts'
import { type CookieOptions, type SessionCookie, sessionCookie } from './cookie.ts'
import { type Cors, cors } from './cors.ts'
import { refusalOf } from './errors.ts'
import type { Attribution, RequestContext } from './exchange.ts'
import { isRefusal, type Refusal, type RefusalCode } from './problems.ts'
import { withAllowance } from './rate-limit.ts'
import type { RequestLike } from './request-like.ts'
import { requestSpan } from './request-span.ts'

/** The options that concern every request: who may read the answer, which proxies are trusted, where it is logged. */
export interface DispatcherOptions extends CookieOptions {
  /** Addresses or networks of the proxies that may say whom a request comes from; default none. */
  readonly trustedProxies?: readonly string[]
  /** Default: the log of the `auth`. */
  readonly log?: Log
}

/** What answers requests: a route, or the 404 if there is none. */
export interface Responder {
  /** The path as declared, with `:id` in it, since the value in a request may be a secret; null for no route. */
  readonly path: string | null
  respond(context: RequestContext): Answer | Promise<Answer>
}

/** A request, with its path parameters and the peer of its connection. */
export interface RoutedRequest {
  readonly request: RequestLike
  readonly params: Record<string, string>
  /** The address at the other end of the connection, where it is known. */
  readonly peer: string | undefined
}

/** Does what every request needs: request id, client, headers, log line, metrics, and the outermost catch. */
export class Dispatcher {
  readonly cors: Cors
  readonly #auth: Auth
  readonly #clients: ClientAddresses
  readonly #cookie: SessionCookie
  readonly #log: Log
  readonly #metrics: Metrics | null
  readonly #tracing: Tracing | null

  constructor(auth: Auth, options: DispatcherOptions) {
    const { corsOrigins = [], trustedProxies = [], mode, log } = options
    this.#auth = auth
    this.#metrics = auth.config.metrics
    this.#tracing = auth.config.tracing
    this.#cookie = sessionCookie(options)
    this.#log = logOf(auth.config, log)
    this.#clients = clientAddresses(trustedProxies, (peer) =>
      this.#log.error(
        { peer },
        'a proxy that is not in TRUSTED_PROXIES: all behind it count as one',
      ),
    )
    this.cors = cors(corsOrigins, mode === 'development' ? securityHeaders : productionHeaders)
  }

  dispatch(responder: Responder, routed: RoutedRequest): Promise<Presented> {
    if (this.#tracing === null) return this.#answer(responder, routed)
    const { headers, method } = routed.request
    const span = requestSpan(method, responder.path)
    return this.#tracing.span({ ...span, request: headers }, async ({ set, fail }) => {
      const presented = await this.#answer(responder, routed)
      set({ 'http.response.status_code': presented.status })
      if (presented.status >= 500) fail(String(presented.status))
      return presented
    })
  }

  async #answer(responder: Responder, routed: RoutedRequest): Promise<Presented> {
    const started = performance.now()
    const { request, params } = routed
    const { method, headers } = request
    const requestId = requestIdOf(headers)
    // Nothing notes an allowance for a GET, and an async context has a cost.
    const counted = method === 'GET' ? null : new Allowances()
    const attribution: Attribution = { userId: null }
    let client: Client | null = null
    let answer: Answer
    try {
      client = this.#clientOf(routed, requestId)
      const cookie = this.#cookie
      const context = { auth: this.#auth, request, params, client, cookie, attribution }
      // SECURITY: forgery is refused on every route, before anything is read; for a GET, only where it needs a session.
      const respond = () => refuseForgery(context) ?? responder.respond(context)
      answer = await (counted ? runWithin(counted, respond) : responder.respond(context))
      if (answer.status === 401) this.#countDeadToken(answer, client)
    } catch (error) {
      answer = this.#explain(error, requestId)
    }
    const presented = this.#present(counted ? withAllowance(answer, counted) : answer, {
      requestId,
      headers: this.cors.headersFor(headers.get('origin')),
    })
    const elapsed = performance.now() - started
    const { path } = responder
    const { status } = presented
    this.#metrics?.noteRequest({ method, route: path, status, seconds: elapsed / 1_000 })
    const entry = { requestId, method, path, status, milliseconds: Math.round(elapsed) }
    const event = securityEventOf(answer, client, attribution)
    this.#log.info(event ? { ...entry, ...event } : entry, 'request')
    return presented
  }

  #present(answer: Answer, envelope: Envelope): Presented {
    try {
      return present(answer, envelope)
    } catch (error) {
      // The answer of an application's route may contain what JSON cannot represent.
      return present(this.#explain(error, envelope.requestId), envelope)
    }
  }

  // The outermost catch: an unexpected error is logged here, and not revealed in the answer.
  #explain(error: unknown, requestId: string): Refusal {
    const refusal = refusalOf(error, this.#auth.config.passwords)
    // Overload is not a fault: the metrics of requests count these refusals.
    const isFault = refusal.status >= 500 && refusal.code !== 'overloaded'
    if (isFault) this.#log.error({ requestId, err: error }, refusal.code)
    return refusal
  }

  #countDeadToken(answer: Answer, client: Client): void {
    const kind = isRefusal(answer) ? deadTokenCodes[answer.code] : undefined
    if (kind) this.#auth.config.deadTokens.count(kind, client)
  }

  #clientOf({ request: { headers }, peer }: RoutedRequest, requestId: string): Client {
    const ipAddress = this.#clients.find(headers, peer)
    const userAgent = headers.get('user-agent')?.slice(0, 1_024) ?? null
    return { ipAddress, userAgent, requestId, actor: 'user' }
  }
}

// For the refusals that monitoring looks for, the log also says who was refused, as far as it is known.
function securityEventOf(
  answer: Answer,
  client: Client | null,
  { userId }: Attribution,
): object | null {
  const event = answer.status >= 400 && isRefusal(answer) ? securityEvents[answer.code] : undefined
  if (!event) return null
  const ipAddress = client?.ipAddress ?? null
  return {
    event,
    severity: severityOf(event),
    ...(ipAddress === null ? {} : { ipAddress }),
    ...(userId === null ? {} : { userId }),
  }
}

const deadTokenCodes: Partial<Record<RefusalCode, 'bearer' | 'link'>> = {
  invalid_token: 'bearer',
  invalid_reset_token: 'link',
  invalid_verification_token: 'link',
}

// The refusals that OWASP's Logging Vocabulary has a name for.
const securityEvents: Partial<Record<RefusalCode, RequestEventName>> = {
  csrf: 'authz_fail',
  insufficient_scope: 'authz_fail',
  fresh_authentication_required: 'authz_fail',
  email_verification_required: 'authz_fail',
  rate_limited: 'excess_rate_limit_exceeded',
  validation_failed: 'input_validation_fail',
}

// Two years, as in Rails. If a subdomain has no HTTPS, override the header in the proxy.
const productionHeaders = {
  ...securityHeaders,
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
}
