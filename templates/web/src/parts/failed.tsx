import { Icon } from './icon.tsx'

/** Shown instead of what could not be loaded. */
export function Failed({ what, retry }: { what: string; retry: () => void }) {
  return (
    <div className="box blank">
      <Icon path="M12 8v5m0 3v.01M10.3 4.2 2.7 17.4A2 2 0 0 0 4.4 20.4h15.2a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z" />
      <h2>This couldn’t be loaded</h2>
      <p role="alert">{what}</p>
      <button type="button" className="quiet" onClick={retry}>
        Try again
      </button>
    </div>
  )
}
