import { useAuth } from 'latchkey/react'
import { useEffect } from 'react'

/** A mailed link opens another tab: when the user comes back from there, this one is updated. */
export function useRefreshOnReturn(): void {
  const { refresh } = useAuth()
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY
    const look = ({ timeStamp }: Event) => {
      // Nobody confirms anything in so short a time: whoever goes from window to window is not asked about each time.
      if (timeStamp - last < restMilliseconds) return
      last = timeStamp
      void refresh()
    }
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [refresh])
}

const restMilliseconds = 1_000
