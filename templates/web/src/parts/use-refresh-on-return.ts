import { useAuth } from 'latchkey/react'
import { useEffect } from 'react'

/** A mailed link opens another tab: when the user comes back from there, this one is updated. */
export function useRefreshOnReturn(): void {
  const { refresh } = useAuth()
  useEffect(() => {
    const look = () => void refresh()
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [refresh])
}
