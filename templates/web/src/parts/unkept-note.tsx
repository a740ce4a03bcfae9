import { useSessionEnd } from '../session-end.ts'

/** Tells users whose browser keeps no cookie why they are not logged in. */
export function UnkeptNote() {
  if (useSessionEnd() !== 'unkept') return null
  return (
    <p className="note" role="status">
      Your browser didn’t keep you logged in. Allow this site to use cookies, and try again.
    </p>
  )
}
