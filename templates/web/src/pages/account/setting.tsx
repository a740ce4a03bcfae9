import type { ReactNode } from 'react'

interface SettingProps {
  readonly title: ReactNode
  readonly children: ReactNode
  /** The button that changes the setting. */
  readonly button: ReactNode
  /** What else to know or to do, below both. */
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
