import { runAs, runAsNobody } from '../core/current.ts'
import type { Answer } from './answers.ts'
import { authenticateRequest, authorizeRequest } from './bearer.ts'
import { admitDeveloper } from './development.ts'
import { parse, type RequestContext, type Schemas } from './exchange.ts'
import { awaitBody } from './late-body.ts'
import { refuseOthers, requireLong } from './operator.ts'
import { admitFresh } from './password-challenge.ts'
import { isRefusal, refuse } from './problems.ts'
import type {
  DevelopmentDefinition,
  OperatorDefinition,
  PublicDefinition,
  RouteDefinition,
  SessionDefinition,
  SessionOrKeyDefinition,
} from './route-definition.ts'

/** Answers the requests to a route: admits or refuses the sender, parses, and calls the handler. */
type Respond = (context: RequestContext) => Promise<Answer>

/** @throws RangeError for an access that does not exist, and for a token of an operator that is too short */
export function respondTo<B, P, Q>(
  definition: RouteDefinition<B, P, Q>,
  schemas: Schemas,
): Respond {
  switch (definition.access) {
    case 'public':
      return toEverybody(definition, schemas)
    case 'session':
    case 'fresh':
      return toSession(definition, schemas)
    case 'session_or_key':
      return toSessionOrKey(definition, schemas)
    case 'operator':
      return toOperator(definition, schemas)
    case 'development':
      return toDeveloper(definition, schemas)
    default:
      return refuseStrange(definition)
  }
}

// For code without a type check: otherwise the route would fail at each request.
function refuseStrange(definition: Readonly<Record<'method' | 'path' | 'access', unknown>>): never {
  const { method, path, access } = definition
  throw new RangeError(`${method} ${path} has the access ${access}, which does not exist`)
}

function toEverybody<B, P, Q>(definition: PublicDefinition<B, P, Q>, schemas: Schemas): Respond {
  const { admit = null } = definition
  return async (context) => {
    const exchange = await parse<B, P, Q>(context, { schemas, admit })
    return isRefusal(exchange) ? exchange : runAsNobody(() => definition.handle(exchange))
  }
}

// Here and below: the body of a caller who is not admitted is not even read.
function toSession<B, P, Q>(definition: SessionDefinition<B, P, Q>, schemas: Schemas): Respond {
  const { access } = definition
  return async (context) => {
    const holder = await authenticateRequest(context, context.attribution)
    if (isRefusal(holder)) return holder
    const admit = access === 'fresh' ? admitFresh(holder) : null
    const parsed = parse<B, P, Q>(context, { schemas, admit })
    const { session, user, token, transport } = holder
    const principal = { session, user, apiKey: null }
    // Here and below: awaited only if it is a promise, since most requests have no body.
    const exchange =
      parsed instanceof Promise ? await awaitBody(parsed, context.auth, principal) : parsed
    if (isRefusal(exchange)) return exchange
    const { auth, client, request, cookie, params, query, body } = exchange
    // Awaited, because returning a promise takes two microtasks more than returning its value.
    return await runAs(principal, () =>
      definition.handle({
        auth,
        client,
        request,
        cookie,
        params,
        query,
        body,
        session,
        user,
        token,
        transport,
      }),
    )
  }
}

function toSessionOrKey<B, P, Q>(
  definition: SessionOrKeyDefinition<B, P, Q>,
  schemas: Schemas,
): Respond {
  const { scope } = definition
  return async (context) => {
    const principal = await authorizeRequest(context, scope)
    if (isRefusal(principal)) return principal
    const parsed = parse<B, P, Q>(context, { schemas, admit: null })
    const exchange =
      parsed instanceof Promise ? await awaitBody(parsed, context.auth, principal) : parsed
    if (isRefusal(exchange)) return exchange
    return await runAs(principal, () => definition.handle({ ...exchange, ...principal }))
  }
}

function toOperator<B, P, Q>(definition: OperatorDefinition<B, P, Q>, schemas: Schemas): Respond {
  const { token } = definition
  requireLong(token)
  return async (context) => {
    const refusal = refuseOthers(context.request, token)
    const exchange = refusal ?? (await parse<B, P, Q>(context, { schemas, admit: null }))
    return isRefusal(exchange) ? exchange : runAsNobody(() => definition.handle(exchange))
  }
}

function toDeveloper<B, P, Q>(
  definition: DevelopmentDefinition<B, P, Q>,
  schemas: Schemas,
): Respond {
  return async (context) => {
    const developer = admitDeveloper(context.request, context.client)
    if (!developer) return refuse('not_found')
    const exchange = await parse<B, P, Q>(context, { schemas, admit: null })
    return isRefusal(exchange) ? exchange : definition.handle({ ...exchange, ...developer })
  }
}
