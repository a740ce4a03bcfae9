import { createContext, type ReactNode, useContext, useId } from 'react'

/** The problems of a form's fields, by the fields' names. */
export const Problems = createContext<Readonly<Record<string, string>>>({})

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type?: 'text' | 'email'
  readonly autoComplete?: string
  readonly defaultValue?: string
  readonly hint?: ReactNode
  /** Makes it a field of several lines. */
  readonly rows?: number
}

export function Field({ label, name, type = 'text', hint, rows, ...rest }: FieldProps) {
  const { ids, problem, described } = useProblem({ name, label, hint })
  const props = { ...rest, ...described, name }
  return (
    <FieldFrame label={label} hint={hint} ids={ids} problem={problem}>
      {rows === undefined ? (
        <input type={type} autoCapitalize={type === 'email' ? 'none' : 'sentences'} {...props} />
      ) : (
        <textarea rows={rows} {...props} />
      )}
    </FieldFrame>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly name: string
  readonly defaultValue: string
  /** Each value that can be sent, and its label. */
  readonly options: Readonly<Record<string, string>>
}

export function Choice({ label, name, defaultValue, options }: ChoiceProps) {
  const { ids, problem, described } = useProblem({ name, label, hint: null })
  return (
    <FieldFrame label={label} hint={null} ids={ids} problem={problem}>
      <select name={name} defaultValue={defaultValue} {...described}>
        {Object.entries(options).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

interface FrameProps {
  readonly label: string
  readonly hint: ReactNode
  readonly ids: { readonly field: string; readonly hint: string; readonly problem: string }
  readonly problem: string | undefined
  readonly children: ReactNode
}

/** A field with its label above, and its hint and its problem below. */
export function FieldFrame({ label, hint, ids, problem, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={ids.field}>{label}</label>
      {children}
      {problem && (
        <p className="problem" id={ids.problem}>
          {problem}
        </p>
      )}
      {hint && (
        <div className="hint" id={ids.hint}>
          {hint}
        </div>
      )}
    </div>
  )
}

export function useProblem({ name, label, hint }: Pick<FieldProps, 'name' | 'label' | 'hint'>) {
  const id = useId()
  const ids = { field: id, hint: `${id}-hint`, problem: `${id}-problem` }
  const problem = asLabelled(useContext(Problems)[name], name, label)
  const descriptions = [problem && ids.problem, hint && ids.hint].filter(Boolean)
  const described = {
    id,
    'aria-invalid': problem !== undefined,
    'aria-describedby': descriptions.join(' ') || undefined,
  }
  return { ids, problem, described }
}

// Messages of the API begin with the field's name, as in `Password challenge is wrong`: it is replaced by the label.
function asLabelled(problem: string | undefined, name: string, label: string): string | undefined {
  const called = name.replaceAll('_', ' ')
  return problem?.toLowerCase().startsWith(called) ? label + problem.slice(called.length) : problem
}
