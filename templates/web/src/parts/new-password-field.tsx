import { useState } from 'react'
import { PasswordField } from './password-field.tsx'

// The PASSWORD_MINIMUM_LENGTH of the API, which checks the length in any case.
const minimumLength = 8

/** A field for a new password that says, while the user types, how many characters are missing. */
export function NewPasswordField({ label = 'Password' }: { label?: string }) {
  const [text, setText] = useState('')
  return (
    <PasswordField
      label={label}
      name="password"
      autoComplete="new-password"
      onType={setText}
      hint={<Guidance text={text} />}
    />
  )
}

// Counted as the API counts. Apart from its length, the characters of a password do not tell how good it is.
function Guidance({ text }: { text: string }) {
  const missing = minimumLength - [...text.normalize('NFC')].length
  if (missing === minimumLength) return `Use ${minimumLength} characters or more.`
  if (missing > 0) return `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.`
  return (
    <span className="met" role="status">
      ✓ Long enough. Longer is safer.
    </span>
  )
}
