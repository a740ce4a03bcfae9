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

/** For a page that was opened without its mailed link: the token is read once, and a reload has none. */
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
