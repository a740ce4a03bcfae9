import type { Problem, RefusalCode } from './wire.ts'

/**
 * `unreachable`: there was no answer. `storage_failed`: the token could not be read or kept. `unknown`: the
 * answer came from something else than the API, such as a proxy.
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
  /** What to quote to whoever runs the API. */
  declare readonly requestId: string | null
  /** On 422: which fields, and why. */
  declare readonly details: readonly Problem[]
  /** When to try again, if the API said so. */
  declare readonly retryAfterSeconds: number | null

  constructor(message: string, refused: Refused, options: ErrorOptions = {}) {
    super(message, options)
    Object.assign(this, refused)
  }
}

/** An error on this side of the API. */
export function failure(
  code: ClientCode,
  message: string,
  { cause, status = 0 }: { readonly cause: unknown; readonly status?: number },
): ApiError {
  const unsaid = { requestId: null, details: [], retryAfterSeconds: null }
  return new ApiError(message, { code, status, ...unsaid }, { cause })
}

/** Reads the error of an unsuccessful answer; a proxy's answer may hold nothing that is understood. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const said: Partial<Record<string, unknown>> = Object(body)
  const messages = [said.error ?? said.errors ?? response.statusText].flat()
  return new ApiError(messages.join('\n'), {
    code: `${said.code ?? 'unknown'}`,
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    details: [said.details].flat().filter(isProblem),
    retryAfterSeconds: retryAfterOf(response),
  })
}

function isProblem(value: unknown): value is Problem {
  return 'field' in Object(value)
}

/** Seconds, or null if there is no such header. The API sends seconds; a proxy may send a date. */
function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000
  return seconds >= 0 ? seconds : null
}
