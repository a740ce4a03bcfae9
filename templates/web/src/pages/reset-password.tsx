import { useAction, useAuth, useSession } from 'latchkey/react'
import { Link, Navigate } from 'react-router'
import { Form } from '../parts/form.tsx'
import { DeadLink, NoLink } from '../parts/link-page.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { NarrowPage } from '../parts/page.tsx'
import { ToProjects } from '../parts/to-projects.tsx'
import { useLinkToken } from '../parts/use-link-token.ts'

export default function ResetPasswordPage() {
  const token = useLinkToken()
  // The outcome of one link must not be shown for the next one, opened in the same tab.
  return <Reset key={token} token={token} />
}

function Reset({ token }: { token: string }) {
  const { client, refresh } = useAuth()
  const session = useSession()
  const { state, run } = useAction(async (password: string) => {
    await client.passwords.update({ token, password })
    // The reset ended every session, perhaps the one of this browser too.
    await refresh()
  })
  if (state.status === 'done' && session.status === 'signed_in') return <ChangedForAnother />
  if (state.status === 'done') return <Navigate to="/log-in" state={{ isReset: true }} replace />
  if (state.status === 'refused' && state.error.code === 'invalid_reset_token') {
    return (
      <DeadLink
        action={
          <Link className="button" to="/forgot-password">
            Get a new link
          </Link>
        }
      >
        Each link works once, and only for a few minutes. Use the newest one, or get a new one.
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
        onSend={({ password = '' }) => void run(password)}
      >
        <NewPasswordField label="New password" />
      </Form>
    </NarrowPage>
  )
}

// The link was for a different user from the one who is logged in here.
function ChangedForAnother() {
  return (
    <NarrowPage title="The password has been changed">
      <p>You’re still logged in here with another account.</p>
      <ToProjects />
    </NarrowPage>
  )
}
