import { useAction, useAuth, useSession } from 'latchkey/react'
import { Link } from 'react-router'
import { Failed } from '../parts/failed.tsx'
import { Form } from '../parts/form.tsx'
import { DeadLink, NoLink } from '../parts/link-page.tsx'
import { NarrowPage, Page } from '../parts/page.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { ToProjects } from '../parts/to-projects.tsx'
import { useLinkToken } from '../parts/use-link-token.ts'
import { explain } from '../parts/words.ts'

const title = 'Confirm your email address'

/** Asks for a click, because mail scanners open links too, and for the password if there is no session. */
export default function VerifyEmailPage() {
  const token = useLinkToken()
  // The outcome of one link must not be shown for the next one, opened in the same tab.
  return <Proof key={token} token={token} />
}

function Proof({ token }: { token: string }) {
  const { client, refresh } = useAuth()
  const session = useSession()
  const { state, run } = useAction(async (proof: { token: string; password?: string }) => {
    // Refreshed even on failure: if the link was used before, the address is confirmed, and this page learns it here.
    const { user } = await client.emailVerifications.update(proof).finally(refresh)
    return user.email_address
  })
  if (state.status === 'done') {
    return <Done emailAddress={state.result} isGuest={session.status === 'signed_out'} />
  }
  if (state.status === 'refused' && state.error.code === 'invalid_verification_token') {
    return (
      <DeadLink
        action={
          <Link className="button" to="/account">
            Go to your account
          </Link>
        }
      >
        Each link works once, and only for a day. If you have already confirmed your email address,
        there is nothing left to do. If not, you can get a new link on your account page
        {session.status !== 'signed_in' && ', or sign up again if you can’t log in yet'}.
      </DeadLink>
    )
  }
  if (token === '') {
    return (
      <NoLink purpose="confirm your email address">
        <div className="actions">
          <Link className="button quiet" to="/account">
            Go to your account
          </Link>
        </div>
      </NoLink>
    )
  }
  // Otherwise users who are logged in would see a password field that disappears again.
  if (session.status === 'loading') return <Wait />
  if (session.status === 'failed' && state.status === 'idle') {
    return (
      <Page title={title}>
        <Failed what={explain(session.error)} retry={session.retry} />
      </Page>
    )
  }
  // The address may belong to a different user from the one who is logged in here.
  const isRefused = state.status === 'refused' && 'password' in state.fields
  const isOwn = session.status === 'signed_in' && !isRefused
  return (
    <NarrowPage title={title}>
      <Form
        state={state}
        submit="Confirm"
        ifLost="try again"
        onSend={({ password }) =>
          void run(password === undefined ? { token } : { token, password })
        }
      >
        {isOwn ? (
          <p>Press Confirm to show that our emails reach you.</p>
        ) : (
          <>
            <p>
              {session.status === 'signed_in'
                ? 'This link is for another account. Enter the password of that account.'
                : 'You’re not logged in here. Enter your password to show that this is your account.'}
            </p>
            <PasswordField label="Password" name="password" autoComplete="current-password" />
          </>
        )}
      </Form>
      {!isOwn && (
        <p className="aside">
          <Link to="/forgot-password">Forgot your password?</Link>
        </p>
      )}
    </NarrowPage>
  )
}

function Wait() {
  return (
    <NarrowPage title={title}>
      <p className="muted" role="status">
        Loading …
      </p>
    </NarrowPage>
  )
}

function Done({ emailAddress, isGuest }: { emailAddress: string; isGuest: boolean }) {
  return (
    <NarrowPage title="Your email address is confirmed">
      <p>
        From now on, we’ll send emails to <strong>{emailAddress}</strong>.
      </p>
      {isGuest ? (
        <div className="actions">
          <Link className="button" to="/log-in">
            Log in
          </Link>
        </div>
      ) : (
        <ToProjects />
      )}
    </NarrowPage>
  )
}
