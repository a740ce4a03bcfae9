import { type ActionState, useAction } from 'latchkey/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { focusTitle } from './page.tsx'
import { explain } from './words.ts'

interface Part<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** A list from the API, as far as it has been loaded. */
type ListState<Item> =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly what: string }
  | ({ readonly status: 'there' } & Part<Item>)

export interface List<Item> {
  readonly state: ListState<Item>
  readonly more: { readonly state: ActionState<void>; run(): Promise<void> }
  /** Loads the list again, and shows that it is loading. */
  retry(): void
  /** Loads the list again; the old items stay until the answer arrives. */
  reload(): void
  /** Replaces an item with its new version, or adds it at the end. */
  put(item: Item): void
  remove(id: string): void
}

/**
 * Loads a list, page by page.
 *
 * @param ask must be the same function at each render, otherwise the list is loaded again
 */
export function useList<Item extends { readonly id: string }>(
  ask: (cursor: string | null) => Promise<Part<Item>>,
): List<Item> {
  const [state, setState] = useState<ListState<Item>>({ status: 'loading' })
  const [round, setRound] = useState(0)
  const isUnderWay = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    let isWanted = true
    isUnderWay.current = true
    const show = (state: () => ListState<Item>) => {
      if (!isWanted) return
      isUnderWay.current = false
      setState(state)
    }
    ask(null).then(
      (part) => show(() => ({ status: 'there', ...part })),
      // In the updater, so that a bug, which `explain` throws, reaches the error boundary.
      (error) => show(() => ({ status: 'failed', what: explain(error) })),
    )
    return () => {
      isWanted = false
    }
  }, [ask, round])
  const change = useCallback(
    (to: (part: Part<Item>) => Part<Item>) =>
      setState((now) => (now.status === 'there' ? { status: 'there', ...to(now) } : now)),
    [],
  )
  const more = useAction(async () => {
    if (state.status !== 'there' || state.next === null) return
    const { items, next } = await ask(state.next)
    change((now) => ({ items: items.reduce(withItem, now.items), next }))
  })
  const reload = useCallback(() => setRound((each) => each + 1), [])
  // The answer that is under way may be older than what has just been changed.
  const changeAfter = (to: (part: Part<Item>) => Part<Item>) => {
    if (isUnderWay.current) reload()
    change(to)
  }
  return {
    state,
    more,
    reload,
    retry() {
      setState({ status: 'loading' })
      reload()
      focusTitle()
    },
    put: (item) => changeAfter(({ items, next }) => ({ items: withItem(items, item), next })),
    remove: (id) =>
      changeAfter(({ items, next }) => ({ items: items.filter((each) => each.id !== id), next })),
  }
}

function withItem<Item extends { readonly id: string }>(
  items: readonly Item[],
  item: Item,
): readonly Item[] {
  const isThere = items.some(({ id }) => id === item.id)
  return isThere ? items.map((each) => (each.id === item.id ? item : each)) : [...items, item]
}
