import type { NewUser } from 'latchkey/client'
import { useAction, useAuth } from 'latchkey/react'
import { Link, useLocation } from 'react-router'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { LinkSent } from '../parts/link-page.tsx'
import { NewPasswordField } from '../parts/new-password-field.tsx'
import { NarrowPage } from '../parts/page.tsx'
import { Unkept } from '../parts/unkept.tsx'

export default function SignUpPage() {
  const { client } = useAuth()
  const { state: location } = useLocation()
  const { state, run, reset } = useAction(async (user: NewUser) => {
    const { outcome } = await client.registrations.create(user)
    return { outcome, to: user.email_address }
  })
  if (state.status === 'done' && state.result.outcome === 'confirmation_sent') {
    return <Sent to={state.result.to} retry={reset} />
  }
  return (
    <NarrowPage title="Sign up">
      <Unkept />
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

// The same for an email address that is taken: it must not reveal who has an account.
function Sent({ to, retry }: { to: string; retry: () => void }) {
  return (
    <LinkSent retry={retry}>
      We’ve sent an email to <strong>{to}</strong>. Open the link in it to finish signing up.
    </LinkSent>
  )
}
