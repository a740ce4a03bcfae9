/** A decorative icon beside a text that says the same: `path` is drawn in a square of 24 by 24. */
export function Icon({ path }: { path: string }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
