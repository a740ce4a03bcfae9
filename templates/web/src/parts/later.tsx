import { type ComponentType, lazy } from 'react'
import { Failed } from './failed.tsx'
import { Page } from './page.tsx'

type Loaded = { default: ComponentType }

/** A page that is fetched when somebody goes there. */
export function later(load: () => Promise<Loaded>) {
  return lazy(() => load().catch(notLoaded))
}

const notLoaded = (): Loaded => ({ default: NotLoaded })

// The network is away, or a newer version of these pages is there, whose files have other names: asked
// for anew, the browser finds out which.
function NotLoaded() {
  return (
    <Page title="This page didn’t load">
      <Failed what="Check your connection and try again." retry={() => location.reload()} />
    </Page>
  )
}
