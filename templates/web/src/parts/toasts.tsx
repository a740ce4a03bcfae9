import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

const Toast = createContext<(words: string) => void>(() => {})

/** Says in a sentence that something is done, wherever the user is by then. */
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
      {/* There from the beginning: what is read out is what changes in it. */}
      <p className="toast" role="status">
        {/* To say the same again is news, too. */}
        {said.words !== '' && <span key={said.times}>{said.words}</span>}
      </p>
    </Toast>
  )
}
