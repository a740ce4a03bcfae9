import { useEffect, useState } from 'react'

/**
 * The token of the link that led here. It is in the fragment, where no server sees it; it is removed from the
 * address bar and the history at once, and kept by this component alone.
 */
export function useLinkToken(): string {
  const [token, setToken] = useState(() => location.hash.slice(1))
  useEffect(() => {
    const take = () => {
      if (location.hash === '') return
      setToken(location.hash.slice(1))
      history.replaceState(history.state, '', location.pathname)
    }
    take()
    // A second link, opened in this tab, changes nothing but the fragment.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  return token
}
