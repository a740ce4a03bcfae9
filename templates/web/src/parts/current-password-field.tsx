import { useSession } from 'latchkey/react'
import { PasswordField } from './password-field.tsx'

/** For sensitive actions: the password, with the email address, so that a password manager knows whose it is. */
export function CurrentPasswordField() {
  const session = useSession()
  const username = session.status === 'signed_in' ? session.user.email_address : ''
  return (
    <>
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordField
        label="Current password"
        name="password_challenge"
        autoComplete="current-password"
      />
    </>
  )
}
