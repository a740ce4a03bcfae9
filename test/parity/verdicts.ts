// What Latchkey answers, beside what Rails does.
import type { DifferenceName } from './differences.ts'
import { ownProjects } from './project-list.ts'
import { methodNotAllowed, type Problem, type Refusal } from './refusals.ts'
import type { Body, Effects, Instead, JsonObject, More, Same } from './row.ts'

type Names = readonly DifferenceName[]

export const same: Same = { is: 'same' }

export function more(because: Names, adds: JsonObject, alsoDoes: Effects = {}): More {
  return { is: 'more', because, adds, alsoDoes }
}

export function instead(
  because: Names,
  status: number,
  { body = '', ...effects }: { readonly body?: Body } & Effects = {},
): Instead {
  return { is: 'instead', because, status, body, effects }
}

/** Rails' refusal with a code. */
export function coded({ code }: Refusal): More {
  return more(['code-and-request-id'], { code, request_id: '<request id>' })
}

/** Rails' complaints with a code, and each field by its name. */
export function detailed(...problems: Problem[]): More {
  const added = { code: 'validation_failed', request_id: '<request id>', details: problems }
  return more(['code-and-request-id', 'field-details'], added)
}

/** Other complaints than those of Rails, or complaints where it has none. */
export function invalid(
  because: Names,
  problems: readonly Problem[],
  effects: Effects = {},
): Instead {
  return instead(because, 422, { body: complaints('error', problems), ...effects })
}

export function invalidReset(because: Names, ...problems: Problem[]): Instead {
  return instead(because, 422, { body: complaints('errors', problems) })
}

export function refused(because: Names, { status, body }: Refusal, effects: Effects = {}): Instead {
  return instead(because, status, { body, ...effects })
}

export function notAllowed(allow: string, effects: Effects = {}): Instead {
  return { ...refused(['method-not-allowed'], methodNotAllowed, effects), allow }
}

/** As Rails signs somebody up, but for what is said of the user. */
export function signedUp(
  emailAddress: string,
  because: Names = [],
  effects: Effects = {},
): Instead {
  const user = {
    id: '<id>',
    email_address: emailAddress,
    email_verified: false,
    created_at: '<now>',
    updated_at: '<now>',
  }
  return instead(['no-password-digest', 'email-verified', ...because], 201, {
    body: { token: '<token>', user },
    users: [emailAddress],
    opens: [emailAddress],
    ...effects,
  })
}

export function loggedIn(because: Names, emailAddress: string, effects: Effects = {}): Instead {
  return instead(because, 200, { body: { token: '<token>' }, opens: [emailAddress], ...effects })
}

/** The projects that Rails lists as well. */
export function listed(effects: Effects = {}): Instead {
  return instead(['projects-without-user-id', 'projects-have-titles', 'lists-have-pages'], 200, {
    body: ownProjects,
    ...effects,
  })
}

/** The projects where Rails answers something else. */
export function listedInstead(...because: DifferenceName[]): Instead {
  return instead(because, 200, { body: ownProjects })
}

/** As Rails resets a password, and what follows from it here. */
export function resetAndTold(emailAddress: string): More {
  return more(
    ['reset-proves-the-address', 'reset-is-announced'],
    {},
    { verifies: [emailAddress], mails: [[emailAddress, 'Your password was changed']] },
  )
}

function complaints(member: 'error' | 'errors', problems: readonly Problem[]): JsonObject {
  return {
    [member]: problems.map(({ message }) => message),
    code: 'validation_failed',
    request_id: '<request id>',
    details: problems,
  }
}
