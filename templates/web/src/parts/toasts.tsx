import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

const Toast = createContext<(words: string) => void>(() => {})

/** Says in a sentence that something is done, wherever the user is by then. */
export function useToast() {
  return useContext(Toast)
}

export function Toasts({ children }: { children: ReactNode }) {
  const [words, setWords] = useState('')
  useEffect(() => {
    if (words === '') return
    const timer = setTimeout(() => setWords(''), 7000)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <Toast value={setWords}>
      {children}
      {/* There from the beginning: what is read out is what changes in it. */}
      <p className="toast" role="status">
        {words}
      </p>
    </Toast>
  )
}
