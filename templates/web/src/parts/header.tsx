import { useAuth, useSession } from 'latchkey/react'
import { useState } from 'react'
import { Link, NavLink } from 'react-router'
import { place } from '../api.ts'
import { name } from '../name.ts'
import { leave } from '../session-end.ts'
import { stopSecond } from './double-click.ts'
import { useToast } from './toasts.tsx'
import { explain } from './words.ts'

/** The header of all pages. Until it is known whether somebody is logged in, it has no links. */
export function Header() {
  const { status } = useSession()
  return (
    <>
      <button type="button" className="skip" onClick={skip}>
        Skip to content
      </button>
      <header className="top">
        <div className="bar">
          <Link className="brand" to="/">
            <img src="/icon.svg" alt="" />
            {name}
          </Link>
          <nav className="links" aria-label="Main" onClickCapture={stopSecond}>
            {status === 'signed_in' && <UserLinks />}
            {status === 'signed_out' && <GuestLinks />}
          </nav>
        </div>
      </header>
    </>
  )
}

// Not a link to #main: the fragment of the URL is reserved for the token of a mailed link.
function skip(): void {
  document.getElementById('main')?.focus()
}

function UserLinks() {
  const { client } = useAuth()
  const toast = useToast()
  const [isLeaving, setLeaving] = useState(false)
  const logOut = () => {
    if (isLeaving) return
    setLeaving(true)
    void leave('logged_out', client.session.delete)
      .catch((error) => toast(explainLogOut(error)))
      .finally(() => setLeaving(false))
  }
  return (
    <>
      <NavLink to="/account">Account</NavLink>
      <button type="button" aria-disabled={isLeaving} onClick={logOut}>
        Log out
      </button>
    </>
  )
}

// A token in the browser is deleted first, whatever the API answers; a cookie stays until the API has deleted it.
function explainLogOut(error: unknown): string {
  const words = explain(error)
  if (place === 'cookie') return words
  return 'You’re logged out here, but the server couldn’t be told: this device stays in your list of devices until you log it out from another one.'
}

function GuestLinks() {
  return (
    <>
      <NavLink to="/log-in">Log in</NavLink>
      <NavLink to="/sign-up">Sign up</NavLink>
    </>
  )
}
