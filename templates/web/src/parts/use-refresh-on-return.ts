import { useAuth } from 'latchkey/react'
import { useEffect } from 'react'

/** A mailed link opens in another tab: when the user comes back to this one, it is updated. */
export function useRefreshOnReturn(): void {
  const { refresh } = useAuth()
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY
    const look = ({ timeStamp }: Event) => {
      // Nobody confirms anything in so short a time: quick switches between windows send no request.
      if (timeStamp - last < restMilliseconds) return
      last = timeStamp
      void refresh()
    }
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [refresh])
}

const restMilliseconds = 1_000
