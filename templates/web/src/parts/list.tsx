import { type ReactNode, useEffect, useRef } from 'react'
import { Failed } from './failed.tsx'
import { focusTitle } from './page.tsx'
import type { List } from './use-list.ts'
import { explain } from './words.ts'

interface Identified {
  readonly id: string
}

interface ListViewProps<Item extends Identified> {
  readonly list: List<Item>
  /** What to show while there are no items. */
  readonly empty: ReactNode
  /** A `<Row>`. */
  readonly children: (item: Item) => ReactNode
}

/** A list in each of its states: loading, failed, empty, or loaded, with or without a button for more. */
export function ListView<Item extends Identified>({ list, empty, children }: ListViewProps<Item>) {
  const { state } = list
  const rows = useKeptFocus(state.status === 'there' ? state.items : null)
  if (state.status === 'loading') return <Loading />
  if (state.status === 'failed') return <Failed what={state.what} retry={list.retry} />
  if (state.items.length === 0 && state.next === null) {
    return <div className="box blank">{empty}</div>
  }
  return (
    <>
      <ul className="box" ref={rows}>
        {state.items.map(children)}
      </ul>
      {state.next !== null && <More more={list.more} />}
    </>
  )
}

// The button that was pressed may have disappeared. If its row was deleted, the focus moves to the row that took its
// place, so that a long list does not scroll, or else to the title. If it was “Show more”, to the first new row.
function useKeptFocus(items: readonly Identified[] | null) {
  const rows = useRef<HTMLUListElement>(null)
  const before = useRef(items)
  useEffect(() => {
    const from = before.current
    before.current = items
    if (from === null || items === null || document.activeElement !== document.body) return
    const gone = from.findIndex(({ id }) => !items.some((item) => item.id === id))
    const row = rows.current?.children[gone < 0 ? from.length : Math.min(gone, items.length - 1)]
    if (row instanceof HTMLElement) row.focus()
    else if (gone >= 0) focusTitle()
  }, [items])
  return rows
}

function More({ more: { state, run } }: Pick<List<unknown>, 'more'>) {
  return (
    <div className="more">
      {state.status === 'refused' && (
        <p className="note bad" role="alert">
          {explain(state.error)}
        </p>
      )}
      <button
        type="button"
        className="quiet"
        aria-disabled={state.status === 'running'}
        onClick={() => void run()}
      >
        Show more
      </button>
    </div>
  )
}

interface RowProps {
  /** An `<Icon>`, if there are different kinds of items. */
  readonly icon?: ReactNode
  readonly children: ReactNode
  /** Buttons for what can be done with it. */
  readonly actions?: ReactNode
}

export function Row({ icon, children, actions }: RowProps) {
  return (
    <li className="row" tabIndex={-1}>
      {icon}
      <div className="what">{children}</div>
      {actions && <div className="does">{actions}</div>}
    </li>
  )
}

function Loading() {
  return (
    <div className="box" role="status">
      <span className="hidden">Loading …</span>
      <div className="row skeleton" />
      <div className="row skeleton" />
      <div className="row skeleton" />
    </div>
  )
}
