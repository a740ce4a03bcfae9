import { Component, type ReactNode } from 'react'
import { name } from '../name.ts'

/** What users see if the page has a bug: never a blank page, and always a way to continue. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    return this.state.isBroken ? <Broken /> : this.props.children
  }
}

// Plain links, because the router itself may be broken.
function Broken() {
  return (
    <main id="main" className="narrow" tabIndex={-1}>
      <title>{`Something went wrong · ${name}`}</title>
      <div className="sheet" role="alert">
        <h1>Something went wrong</h1>
        <p>This is our mistake, not yours. Reload the page, or start again from your projects.</p>
        <div className="actions">
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
          <a className="button quiet" href="/">
            Go to your projects
          </a>
        </div>
      </div>
    </main>
  )
}
