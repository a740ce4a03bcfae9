import { once } from 'node:events'
import { watch } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Environment, nodeServer } from 'latchkey/server'
import { web } from '../web/server.ts'

type FrontEnd = Pick<Environment, 'listen' | 'webPort'> & { readonly port: number }

/** Serves the front end on its own port; in production, any static file server can do this. */
export async function startFrontEnd({ listen, webPort, port }: FrontEnd): Promise<void> {
  const apiOrigin = `http://localhost:${port}`
  // The build tools are installed in development only.
  const { buildWeb } = await import('../web/build.ts')
  await buildWeb()
  let pages = web({ apiOrigin })
  const server = nodeServer({ fetch: (request: Request) => pages.fetch(request) })
  await once(server.listen(webPort, listen.host), 'listening')
  // The front end must not keep the process alive once the API has ended.
  server.unref()
  onChange(async () => {
    await buildWeb()
    pages = web({ apiOrigin })
  })
  console.log(`\nThe front end is on http://localhost:${webPort}.`)
}

// One build at a time: an editor that saves several files writes them one by one.
function onChange(build: () => Promise<void>): void {
  const sources = fileURLToPath(new URL('../web/src', import.meta.url))
  let turn = Promise.resolve()
  let isWaiting = false
  watch(sources, { recursive: true, persistent: false }, () => {
    if (isWaiting) return
    isWaiting = true
    turn = turn
      .then(() => {
        isWaiting = false
        return build()
      })
      // If a build fails, its error is printed, and the pages of the last good build stay.
      .catch((error) => console.error(error instanceof Error ? error.message : error))
  })
}
