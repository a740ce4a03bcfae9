import { useProblem } from '../../parts/field.tsx'
import { scopes } from './scopes.ts'

/** What the key may do: a checkbox for each scope, named like it. */
export function ScopesField() {
  const { ids, problem, described } = useProblem({ name: 'scopes', label: 'This', hint: null })
  return (
    <fieldset name="scopes" id={ids.field} aria-describedby={described['aria-describedby']}>
      <legend>What it may do</legend>
      {Object.entries(scopes).map(([scope, words], index) => (
        <label className="check" key={scope}>
          <input
            type="checkbox"
            name={scope}
            defaultChecked={index === 0}
            aria-invalid={problem !== undefined}
          />
          {words}
        </label>
      ))}
      {problem && (
        <p className="problem" id={ids.problem}>
          {problem}
        </p>
      )}
    </fieldset>
  )
}
