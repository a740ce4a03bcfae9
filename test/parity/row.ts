import type { DifferenceName } from './differences.ts'
import type { ProfileName, Source } from './headers.ts'

/** One request: what Rails answers, and what we do. */
export interface Row {
  readonly id: string
  /** What is tried. */
  readonly tries: string
  /** What happened before, beside what the fixture brings. */
  readonly given?: readonly Step[]
  readonly request: RowRequest
  readonly rails: RailsAnswer
  readonly latchkey: Verdict
  /** Who answers, where it is not the app. */
  readonly source?: Source
}

/** Names such as `$ONE` stand for tokens: those of the fixture, and those of the steps before. */
export interface RowRequest {
  /** Method and target. */
  readonly line: string
  readonly version?: '1.0'
  /** `localhost` where it is absent; null sends none. */
  readonly host?: string | null
  /** Lines as they are sent; each character is one byte. */
  readonly headers: readonly string[]
  readonly body?: string | Uint8Array
}

export type Step =
  | { readonly signsUp: string; readonly password: string; readonly as: TokenName }
  | { readonly logsIn: string; readonly as: TokenName }
  | { readonly getsLink: string; readonly as: TokenName }
  | { readonly spoils: TokenName; readonly how: Spoiling; readonly as: TokenName }
  | { readonly sends: RowRequest; readonly answered: number }
  | { readonly secondsPass: number }
  | { readonly disappears: string }

export type TokenName = `$${string}`

/** What is done to a token; percent-encoding alone leaves it what it is. */
export type Spoiling = 'in the middle' | 'at the end' | 'cut' | 'percent-encoded'

/** What necessarily varies has the names that stand in `varying.ts`. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [member: string]: Json
}

/** An object is sent as JSON, a text as it is. */
export type Body = JsonObject | string

export interface RailsAnswer {
  readonly status: number
  readonly headers: ProfileName
  readonly body: Body
  readonly effects?: Effects
}

/** What the request changes. What is not named here must not change. */
export interface Effects {
  /** Addresses of new users. */
  readonly users?: readonly string[]
  /** Whose sessions begin, one entry for each. */
  readonly opens?: readonly string[]
  /** Whose sessions end. */
  readonly ends?: readonly string[]
  /** What the new session keeps of the client, where the row is about that. */
  readonly client?: { readonly ip_address: string | null; readonly user_agent: string | null }
  /** Titles of new projects. */
  readonly projects?: readonly string[]
  /** Whose password hash is replaced. */
  readonly passwords?: readonly string[]
  /** Whose address counts as proved from now on. */
  readonly verifies?: readonly string[]
  /** Mails that leave: to whom, with what subject; the newest first. */
  readonly mails?: readonly (readonly [to: string, subject: string])[]
  /** The link `$RESET`, which worked before, does not work any more. */
  readonly spendsLink?: boolean
  /** Which passwords open a session afterwards, and which do not. */
  readonly logIns?: readonly LogIn[]
  /** The origin whose pages may read the answer. */
  readonly sharedWith?: string
}

export interface LogIn {
  readonly of: string
  readonly password: string
  readonly works: boolean
}

export type Verdict = Same | More | Instead

/** Status, body and effects are those of Rails. */
export interface Same {
  readonly is: 'same'
}

/** All that Rails answers and does, with the same values, and these beside it. */
export interface More {
  readonly is: 'more'
  readonly adds: JsonObject
  readonly alsoDoes: Effects
  readonly because: readonly DifferenceName[]
}

/** Another status, body or effect. */
export interface Instead {
  readonly is: 'instead'
  readonly status: number
  readonly body: Body
  readonly effects: Effects
  readonly allow?: string
  readonly because: readonly DifferenceName[]
}
