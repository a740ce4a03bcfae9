import type { ReactNode } from 'react'
import { NarrowPage } from './page.tsx'

interface DeadLinkProps {
  /** For how long a link works, and what helps now. */
  readonly children: ReactNode
  /** Where that is to be had. */
  readonly action: ReactNode
}

/** For whoever has opened the link of a mail too late, or once more. */
export function DeadLink({ children, action }: DeadLinkProps) {
  return (
    <NarrowPage title="This link no longer works">
      <p>{children}</p>
      <div className="actions">{action}</div>
    </NarrowPage>
  )
}

interface NoLinkProps {
  /** What the link is for, behind “To”. */
  readonly purpose: string
  readonly children?: ReactNode
}

/** For whoever comes to its page without one: it is read once, and a reload has none. */
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
