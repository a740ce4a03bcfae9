import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'

interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** What the Escape key does; with `stay`, only a button in the dialog closes it. */
  readonly onClose: (() => void) | 'stay'
}

/** A dialog above the page, which is inert while it is open; afterwards the focus returns to where it was. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  // Closed while it is still in the page: only then does the browser restore the focus.
  useLayoutEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      closedby={onClose === 'stay' ? 'none' : 'closerequest'}
      onKeyDown={onClose === 'stay' ? stay : undefined}
      onCancel={onClose === 'stay' ? undefined : onClose}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}

// For browsers that do not know `closedby`.
function stay(event: KeyboardEvent): void {
  if (event.key === 'Escape') event.preventDefault()
}
