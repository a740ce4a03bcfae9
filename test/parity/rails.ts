// What Rails answers, by kind.
import type { ProfileName } from './headers.ts'
import { railsProjects } from './project-list.ts'
import type { Body, Effects, RailsAnswer } from './row.ts'

export function answers(
  status: number,
  headers: ProfileName,
  { body = '', ...effects }: { readonly body?: Body } & Effects = {},
): RailsAnswer {
  return { status, headers, body, effects }
}

/** An error from outside the action: a body only for whoever accepts JSON. */
export function fails(
  status: keyof typeof reasons,
  headers: 'h4' | 'h5',
  effects: Effects = {},
): RailsAnswer {
  const body = headers === 'h4' ? { status, error: reasons[status] } : ''
  return { status, headers, body, effects }
}

const reasons = { 400: 'Bad Request', 404: 'Not Found', 500: 'Internal Server Error' }

export function signsUp(
  emailAddress: string,
  headers: ProfileName,
  effects: Effects = {},
): RailsAnswer {
  const user = {
    id: '<id>',
    email_address: emailAddress,
    password_digest: '<digest>',
    created_at: '<now>',
    updated_at: '<now>',
  }
  const body = { token: '<token>', user }
  return answers(201, headers, { body, users: [emailAddress], opens: [emailAddress], ...effects })
}

export function logsIn(
  emailAddress: string,
  headers: ProfileName,
  effects: Effects = {},
): RailsAnswer {
  return answers(200, headers, { body: { token: '<token>' }, opens: [emailAddress], ...effects })
}

/** The messages are a list called `error`. */
export function complains(headers: ProfileName, ...messages: string[]): RailsAnswer {
  return answers(422, headers, { body: { error: messages } })
}

/** The list is called `errors` where a password is reset. */
export function complainsOfReset(headers: ProfileName, ...messages: string[]): RailsAnswer {
  return answers(422, headers, { body: { errors: messages } })
}

export function refusesLogIn(headers: ProfileName): RailsAnswer {
  return answers(401, headers, { body: { error: 'Invalid email address or password' } })
}

export function refusesToken(headers: ProfileName, effects: Effects = {}): RailsAnswer {
  return answers(401, headers, { body: { error: 'Unauthorized' }, ...effects })
}

export function refusesLink(headers: ProfileName): RailsAnswer {
  const body = { errors: ['Password reset link is invalid or has expired.'] }
  return answers(401, headers, { body })
}

export function lists(headers: ProfileName, effects: Effects = {}): RailsAnswer {
  return answers(200, headers, { body: railsProjects, ...effects })
}

export function sendsLink(headers: ProfileName, emailAddress: string | null): RailsAnswer {
  const body = { message: 'Password reset instructions sent' }
  if (emailAddress === null) return answers(200, headers, { body })
  return answers(200, headers, { body, mails: [[emailAddress, 'Reset your password']] })
}

/** Sets the password; where it says so, only seemingly. */
export function resets(emailAddress: string, headers: ProfileName, effects: Effects): RailsAnswer {
  const body = { message: 'Password has been reset.' }
  return answers(200, headers, { body, ends: [emailAddress], ...effects })
}
