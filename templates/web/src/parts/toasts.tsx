import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

const Toast = createContext<(words: string) => void>(() => {})

/** Returns a function that shows a short message, on whatever page the user is by then. */
export function useToast() {
  return useContext(Toast)
}

export function Toasts({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ words: '', times: 0 })
  const [say] = useState(
    () => (words: string) => setSaid(({ times }) => ({ words, times: times + 1 })),
  )
  useEffect(() => {
    if (said.words === '') return
    const timer = setTimeout(() => say(''), 7000)
    return () => clearTimeout(timer)
  }, [said, say])
  return (
    <Toast value={say}>
      {children}
      {/* Rendered from the start, because screen readers announce only changes inside it. */}
      <p className="toast" role="status">
        {/* A new key, so that the same words are announced again. */}
        {said.words !== '' && <span key={said.times}>{said.words}</span>}
      </p>
    </Toast>
  )
}
