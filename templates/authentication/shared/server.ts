import type { Server } from 'node:net'
import { stopOnSignals } from 'latchkey/server'
import { giveUp, type Opened, openAuth } from './auth.ts'

/**
 * Call this with your app's server: mails are sent once it listens. On Ctrl-C and SIGTERM it accepts no more requests,
 * gives those in progress eight seconds to finish, and closes everything; then the process ends.
 */
export function runAuthentication(server: Server): void {
  if (server.listening) run(server)
  else server.once('listening', () => run(server))
}

function run(server: Server): void {
  isRun = true
  stopOnSignals(server, { onClose: closeAuthentication })
  openAuthentication().then(({ start }) => start(), giveUp)
}

/** Opens it once: when the server listens, or at the first request of a test without a server. */
export function openAuthentication(): Promise<Opened> {
  opened ??= openAuth().then(warnOfMails)
  return opened
}

/** For the end of tests that call your app directly. It cannot be opened again. */
export async function closeAuthentication(): Promise<void> {
  const last = await opened
  await last?.close()
}

let opened: Promise<Opened> | undefined
let isRun = false

// Otherwise nobody would notice that mails are not sent: requests do not wait for them.
function warnOfMails(ready: Opened): Opened {
  const forget = ready.auth.onMessageQueued(() => {
    forget()
    if (!isRun) console.error(unsent)
  })
  return ready
}

const unsent =
  'A mail is queued, but nothing sends it: call runAuthentication(server) where your server starts to listen'
