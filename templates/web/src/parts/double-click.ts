import type { MouseEvent } from 'react'

/**
 * Ignores the second click of a double-click, which would hit whatever has appeared where the first one was: “Sign up”
 * in place of “Log out”, or the button of a dialog that asks for confirmation.
 */
export function stopSecond(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault()
}
