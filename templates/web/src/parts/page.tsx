import { type ReactNode, useEffect, useRef } from 'react'
import { NavLink, useLocation } from 'react-router'
import { name } from '../name.ts'

interface PageProps {
  /** Shown in the tab of the browser, and above the page. */
  readonly title: string
  readonly children: ReactNode
  /** The main action of the page, to the right of the title. */
  readonly action?: ReactNode
  readonly look?: 'welcome'
}

/** A page with a list or settings. */
export function Page({ title, action, look, children }: PageProps) {
  return (
    <main id="main" className={look} tabIndex={-1}>
      {look === 'welcome' && <img src="/icon.svg" alt="" />}
      <Title title={title} action={action} />
      {children}
    </main>
  )
}

/** A page with a single form or message. */
export function NarrowPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="main" className="narrow" tabIndex={-1}>
      <div className="sheet">
        <Title title={title} />
        {children}
      </div>
    </main>
  )
}

/** The pages about the user themselves. */
export function AccountPart({ title, action, children }: PageProps) {
  return (
    <main id="main" tabIndex={-1}>
      <nav className="tabs" aria-label="Account">
        <NavLink to="/account" end>
          Account
        </NavLink>
        <NavLink to="/account/devices">Devices</NavLink>
        <NavLink to="/account/api-keys">API keys</NavLink>
        <NavLink to="/account/activity">Activity</NavLink>
      </nav>
      <Title title={title} action={action} />
      {children}
    </main>
  )
}

// The first heading shown in this tab, and its text.
let first: { readonly heading: HTMLElement | null; readonly title: string } | undefined

function Title({ title, action }: Pick<PageProps, 'title' | 'action'>) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { key } = useLocation()
  useEffect(() => {
    const { current } = heading
    first ??= { heading: current, title }
    // The first page leaves the focus to the browser. Every later title gets it, so that screen readers read it.
    if (key === 'default' && first.heading === current && first.title === title) return
    current?.focus()
  }, [key, title])
  return (
    <div className="title">
      <title>{title === name ? title : `${title} · ${name}`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {action}
    </div>
  )
}

/** Focuses the title, for when the element that had the focus has disappeared. */
export function focusTitle(): void {
  document.querySelector('h1')?.focus()
}
