import { useAction, useAuth } from 'latchkey/react'
import { Link, useLocation } from 'react-router'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { NarrowPage } from '../parts/page.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { UnkeptNote } from '../parts/unkept-note.tsx'
import { useSessionEnd } from '../session-end.ts'

/** Once there is a session, `App` decides which page comes next. */
export default function LogInPage() {
  const { client } = useAuth()
  const { state: location } = useLocation()
  const { state, run } = useAction(client.session.create)
  return (
    <NarrowPage title="Log in">
      <Reason />
      <Form
        state={state}
        submit="Log in"
        ifLost="try again"
        onSend={({ email_address = '', password = '' }) => void run({ email_address, password })}
      >
        <Field label="Email address" name="email_address" type="email" autoComplete="username" />
        <PasswordField label="Password" name="password" autoComplete="current-password" />
      </Form>
      <p className="aside">
        <Link to="/forgot-password">Forgot your password?</Link>
        <br />
        New here?{' '}
        <Link to="/sign-up" state={location}>
          Sign up
        </Link>
      </p>
    </NarrowPage>
  )
}

/** Tells users who did not ask to log in why they have to. */
function Reason() {
  const end = useSessionEnd()
  const { state } = useLocation()
  if (Object(state).isReset === true) {
    return (
      <p className="note" role="status">
        Your password has been changed. Log in with the new one.
      </p>
    )
  }
  if (end !== 'lost') return <UnkeptNote />
  return (
    <p className="note" role="status">
      You were logged out. Log in again to continue.
    </p>
  )
}
