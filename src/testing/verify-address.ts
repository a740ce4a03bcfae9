import type { TestUser } from './log-in.ts'
import type { Mails } from './mails.ts'
import { obtain, type TestedApp } from './tested-app.ts'

/** The app, and the mails that it sends. */
export interface AppWithMails {
  readonly app: TestedApp
  readonly mails: Pick<Mails, 'tokenTo'>
}

/**
 * Opens the link in the mail, which confirms the user's address: only then can they have API keys.
 *
 * @throws Error if the app refuses, with its answer
 */
export async function verifyAddress(
  { app, mails }: AppWithMails,
  { emailAddress, headers }: Pick<TestUser, 'emailAddress' | 'headers'>,
): Promise<void> {
  await obtain(app, 'POST /v1/email_verifications', { headers, status: 202 })
  const token = await mails.tokenTo(emailAddress)
  await obtain(app, 'PUT /v1/email_verifications', { body: { token }, headers, status: 200 })
}
