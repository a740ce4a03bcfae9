import type { ReactNode } from 'react'
import { NarrowPage } from './page.tsx'

interface DeadLinkProps {
  /** How long the link works, and what to do now. */
  readonly children: ReactNode
  /** The link or button for that. */
  readonly action: ReactNode
}

/** For a mailed link that was opened too late, or twice. */
export function DeadLink({ children, action }: DeadLinkProps) {
  return (
    <NarrowPage title="This link no longer works">
      <p>{children}</p>
      <div className="actions">{action}</div>
    </NarrowPage>
  )
}

interface NoLinkProps {
  /** What the link is for: the words after “To”. */
  readonly purpose: string
  readonly children?: ReactNode
}

/** For a page that was opened without its mailed link, or reloaded: the token is read from the link only once. */
export function NoLink({ purpose, children }: NoLinkProps) {
  return (
    <NarrowPage title="Open the link in your email">
      <p>
        To {purpose}, open the link in the email we sent you. If you’ve just reloaded this page,
        open it again.
      </p>
      {children}
    </NarrowPage>
  )
}

interface LinkSentProps {
  /** What was sent to whom, and what to do with it. */
  readonly children: ReactNode
  /** Shows the form again. */
  readonly retry: () => void
}

/** Shown after a form that sends a link by email; from here, users can correct a mistyped address. */
export function LinkSent({ children, retry }: LinkSentProps) {
  return (
    <NarrowPage title="Check your email">
      <p>{children}</p>
      <p className="aside">No email? Look in your spam folder, or check the email address.</p>
      <div className="actions">
        <button type="button" className="quiet" onClick={retry}>
          Use another email address
        </button>
      </div>
    </NarrowPage>
  )
}
