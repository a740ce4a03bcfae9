import { useAction, useAuth, useSession } from 'latchkey/react'
import { useEffect } from 'react'
import { Link, Navigate } from 'react-router'
import { Form } from '../parts/form.tsx'
import { DeadLink, NoLink } from '../parts/link-page.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { NarrowPage } from '../parts/page.tsx'
import { ToProjects } from '../parts/to-projects.tsx'
import { useLinkToken } from '../parts/use-link-token.ts'
import { explain } from '../parts/words.ts'

const changed = 'The password has been changed'

export default function ResetPasswordPage() {
  const token = useLinkToken()
  // The outcome of one link must not be shown for the next one, opened in the same tab.
  return <Reset key={token} token={token} />
}

function Reset({ token }: { token: string }) {
  const { client } = useAuth()
  const { state, run } = useAction((password: string) =>
    client.passwords.update({ token, password }),
  )
  if (state.status === 'done') return <Changed />
  if (state.status === 'refused' && state.error.code === 'invalid_reset_token') {
    return (
      <DeadLink
        action={
          <>
            <Link className="button quiet" to="/log-in">
              Log in
            </Link>
            <Link className="button" to="/forgot-password">
              Get a new link
            </Link>
          </>
        }
      >
        Each link works once, and only for a few minutes. If you have already chosen a new password,
        log in with it. If not, use the newest link, or get a new one.
      </DeadLink>
    )
  }
  if (token === '') {
    return (
      <NoLink purpose="choose a new password">
        <div className="actions">
          <Link className="button quiet" to="/forgot-password">
            Get a new link
          </Link>
        </div>
      </NoLink>
    )
  }
  return (
    <NarrowPage title="Choose a new password">
      <p className="muted">You’ll be logged out on all your devices.</p>
      <Form
        state={state}
        submit="Save new password"
        ifLost="try to log in with the new password"
        onSend={({ password = '' }) => void run(password)}
      >
        <NewPasswordField label="New password" />
      </Form>
    </NarrowPage>
  )
}

// The reset ended every session of its user, perhaps the one of this browser too: only the API knows.
function Changed() {
  const { client } = useAuth()
  const { status } = useSession()
  const { state, run } = useAction(async () => {
    const mayBeThere = await client.mayBeSignedIn()
    if (mayBeThere) await client.session.show()
    return mayBeThere
  })
  useEffect(() => void run(), [run])
  if (status === 'signed_out' || (state.status === 'done' && !state.result)) {
    return <Navigate to="/log-in" state={{ isReset: true }} replace />
  }
  if (state.status === 'done') return <StillHere />
  if (state.status === 'refused') return <Unknown what={explain(state.error)} retry={run} />
  return (
    <NarrowPage title={changed}>
      <p className="muted" role="status">
        Loading …
      </p>
    </NarrowPage>
  )
}

// The link was for a different user from the one who is logged in here.
function StillHere() {
  return (
    <NarrowPage title={changed}>
      <p>You’re still logged in here with another account.</p>
      <ToProjects />
    </NarrowPage>
  )
}

function Unknown({ what, retry }: { what: string; retry: () => Promise<void> }) {
  return (
    <NarrowPage title={changed}>
      <p className="note bad" role="alert">
        We couldn’t find out whether you’re still logged in here. {what}
      </p>
      <div className="actions">
        <button type="button" className="quiet" onClick={() => void retry()}>
          Try again
        </button>
      </div>
    </NarrowPage>
  )
}
