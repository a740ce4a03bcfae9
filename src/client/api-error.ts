import type { Problem, RefusalCode } from './wire.ts'

/**
 * `unreachable`: there was no answer. `storage_failed`: the token could not be read or stored. `unknown`: the answer
 * did not come from the API, but for example from a proxy.
 */
export type ClientCode = 'unreachable' | 'storage_failed' | 'unknown'

/** The known codes, for completion, and any code of an application. */
export type ErrorCode = RefusalCode | ClientCode | (string & Record<never, never>)

interface Refused {
  readonly code: ErrorCode
  readonly status: number
  readonly requestId: string | null
  readonly details: readonly Problem[]
  readonly retryAfterSeconds: number | null
}

/** A refusal by the API, or a failure to reach it. */
export class ApiError extends Error implements Refused {
  override readonly name = 'ApiError'
  declare readonly code: ErrorCode
  /** 0 if there was no answer. */
  declare readonly status: number
  /** The id of the request, to quote to whoever runs the API; null if there was no answer from it. */
  declare readonly requestId: string | null
  /** On 422: which fields are invalid, and why; else empty. */
  declare readonly details: readonly Problem[]
  /** When to try again; null if the API did not say. */
  declare readonly retryAfterSeconds: number | null

  constructor(message: string, refused: Refused, options: ErrorOptions = {}) {
    super(message, options)
    Object.assign(this, refused)
  }
}

/** An error that does not come from the API. */
export function failure(
  code: ClientCode,
  message: string,
  { cause, status = 0 }: { readonly cause: unknown; readonly status?: number },
): ApiError {
  const unsaid = { requestId: null, details: [], retryAfterSeconds: null }
  return new ApiError(message, { code, status, ...unsaid }, { cause })
}

/** The error for an unsuccessful answer, which may come from a proxy in any format. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const said: Partial<Record<string, unknown>> = Object(body)
  const messages = [said.error ?? said.errors ?? response.statusText].flat().filter(isText)
  return new ApiError(messages.join('\n'), {
    code: `${said.code ?? 'unknown'}`,
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    details: [said.details].flat().filter(isProblem),
    retryAfterSeconds: retryAfterOf(response),
  })
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isProblem(value: unknown): value is Problem {
  return isText(Object(value).message)
}

/** The seconds in `Retry-After`, or null without one. The API sends seconds; a proxy may send a date. */
function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(text) ? +text : (Date.parse(text) - Date.now()) / 1_000
  return seconds >= 0 ? seconds : null
}
