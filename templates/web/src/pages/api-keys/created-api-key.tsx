import { useEffect, useRef, useState } from 'react'
import { Dialog } from '../../parts/dialog.tsx'

/** The key is shown only once, so the dialog closes only when the user says that it is saved. */
export function CreatedApiKey({ token, onClose }: { token: string; onClose: () => void }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no')
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(token)
      setCopied('yes')
    } catch {
      setCopied('failed')
    }
  }
  return (
    <Dialog title="API key created" onClose="stay">
      <p>Copy it now and keep it somewhere safe. You won’t be able to see it again.</p>
      <code className="secret">{token}</code>
      <p className="hint" role="status">
        {copied === 'yes' && 'Copied to the clipboard.'}
        {copied === 'failed' &&
          'Your browser doesn’t allow copying. Select the key and copy it yourself.'}
      </p>
      <div className="actions">
        <button type="button" className="quiet" onClick={onClose}>
          I’ve saved it
        </button>
        <button type="button" ref={button} onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </button>
      </div>
    </Dialog>
  )
}
