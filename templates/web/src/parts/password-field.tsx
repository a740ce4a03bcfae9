import { type ReactNode, useState } from 'react'
import { FieldFrame, useProblem } from './field.tsx'

interface PasswordFieldProps {
  readonly label: string
  readonly name: string
  readonly autoComplete: 'current-password' | 'new-password'
  readonly hint?: ReactNode
  readonly onType?: (text: string) => void
}

/** A password field whose text the user can show. */
export function PasswordField({ label, name, autoComplete, hint, onType }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false)
  const { ids, problem, described } = useProblem({ name, label, hint })
  return (
    <FieldFrame label={label} hint={hint} ids={ids} problem={problem}>
      <div className="reveal">
        <input
          name={name}
          type={isShown ? 'text' : 'password'}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          onChange={(event) => onType?.(event.target.value)}
          {...described}
        />
        <button
          type="button"
          className="plain"
          aria-controls={ids.field}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Show'}
          <span className="hidden"> {label.toLowerCase()}</span>
        </button>
      </div>
    </FieldFrame>
  )
}
