import { Link } from 'react-router'
import { Page } from '../parts/page.tsx'
import { useSessionEnd } from '../session-end.ts'

/** What visitors who are not logged in see. */
export function WelcomePage() {
  const end = useSessionEnd()
  return (
    <Page title="All your projects in one place" look="welcome">
      {end === 'deleted' && (
        <p className="note" role="status">
          Your account has been deleted.
        </p>
      )}
      <p className="muted">
        Write down what you’re working on, and find it again on all your devices.
      </p>
      <div className="actions">
        <Link className="button" to="/sign-up">
          Sign up
        </Link>
        <Link className="button quiet" to="/log-in">
          Log in
        </Link>
      </div>
    </Page>
  )
}
