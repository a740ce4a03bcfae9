import type { ReactNode } from 'react'

interface SettingProps {
  readonly title: ReactNode
  readonly children: ReactNode
  /** What changes it. */
  readonly button: ReactNode
  /** What else there is to know or to do, below both. */
  readonly below?: ReactNode
}

export function Setting({ title, children, button, below }: SettingProps) {
  return (
    <section className="setting">
      <div className="what">
        <h2>{title}</h2>
        <p className="muted">{children}</p>
      </div>
      {button}
      {below}
    </section>
  )
}
