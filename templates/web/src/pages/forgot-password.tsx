import { useAction, useAuth } from 'latchkey/react'
import { Link } from 'react-router'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { LinkSent } from '../parts/link-page.tsx'
import { NarrowPage } from '../parts/page.tsx'

export default function ForgotPasswordPage() {
  const { client } = useAuth()
  const { state, run, reset } = useAction(async (emailAddress: string) => {
    await client.passwords.create(emailAddress)
    return emailAddress
  })
  if (state.status === 'done') return <Sent to={state.result} retry={reset} />
  return (
    <NarrowPage title="Forgot your password?">
      <p className="muted">
        Enter the email address of your account, and we’ll send you a link to choose a new password.
      </p>
      <Form
        state={state}
        submit="Send link"
        ifLost="look for our email or try again"
        onSend={({ email_address = '' }) => void run(email_address)}
      >
        <Field label="Email address" name="email_address" type="email" autoComplete="username" />
      </Form>
      <p className="aside">
        <Link to="/log-in">Back to log in</Link>
      </p>
    </NarrowPage>
  )
}

// The same for an unknown email address: it must not reveal who has an account.
function Sent({ to, retry }: { to: string; retry: () => void }) {
  return (
    <LinkSent retry={retry}>
      If there is an account for <strong>{to}</strong>, a link to choose a new password is on its
      way. It works once, and only for a few minutes.
    </LinkSent>
  )
}
