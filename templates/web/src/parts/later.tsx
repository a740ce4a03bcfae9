import { type ComponentType, lazy } from 'react'
import { Failed } from './failed.tsx'
import { Page } from './page.tsx'

type Loaded = { default: ComponentType }

/** A page whose code is loaded when somebody opens it. Until then the page before stays, below a line that says so. */
export function later(load: () => Promise<Loaded>) {
  return lazy(() => {
    const { dataset } = document.body
    dataset.isWaiting = ''
    return load()
      .catch(notLoaded)
      .finally(() => delete dataset.isWaiting)
  })
}

const notLoaded = (): Loaded => ({ default: NotLoaded })

// Either the network is down, or there is a newer version of these pages, whose files have other names; in both cases,
// the user can reload.
function NotLoaded() {
  return (
    <Page title="This page didn’t load">
      <Failed what="Check your connection and try again." retry={() => location.reload()} />
    </Page>
  )
}
