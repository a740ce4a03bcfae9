import { useAction, useAuth } from 'latchkey/react'
import { Link, useLocation } from 'react-router'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { NarrowPage } from '../parts/page.tsx'

export default function SignUpPage() {
  const { client } = useAuth()
  const { state: location } = useLocation()
  const { state, run } = useAction(client.registrations.create)
  if (state.status === 'done' && state.result.outcome === 'confirmation_sent') return <Sent />
  return (
    <NarrowPage title="Sign up">
      <Form
        state={state}
        submit="Sign up"
        onSend={({ email_address = '', password = '' }) => void run({ email_address, password })}
      >
        <Field label="Email address" name="email_address" type="email" autoComplete="username" />
        <NewPasswordField />
      </Form>
      <p className="aside">
        Already have an account?{' '}
        <Link to="/log-in" state={location}>
          Log in
        </Link>
      </p>
    </NarrowPage>
  )
}

function Sent() {
  return (
    <NarrowPage title="Check your email">
      <p>We’ve sent you a link. Open it to finish signing up.</p>
      <p className="aside">Nothing there? Look in your spam folder too.</p>
    </NarrowPage>
  )
}
