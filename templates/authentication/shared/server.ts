import type { Server } from 'node:net'
import { stopOnSignals } from 'latchkey/server'
import { giveUp, type Opened, openAuth } from './auth.ts'

/**
 * For the server that your app listens with: mails are sent once it listens. On Ctrl-C and SIGTERM it takes no
 * more requests, answers those under way within eight seconds, and closes everything; the process ends.
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

/** Opens once: for the server that listens, or for the first request of a test without a server. */
export function openAuthentication(): Promise<Opened> {
  opened ??= openAuth().then(warnOfMails)
  return opened
}

/** For the end of tests that call your app directly; it cannot be opened again. */
export async function closeAuthentication(): Promise<void> {
  const last = await opened
  await last?.close()
}

let opened: Promise<Opened> | undefined
let isRun = false

// Otherwise nobody would notice: a request does not wait for its mail.
function warnOfMails(ready: Opened): Opened {
  const forget = ready.auth.onMessageQueued(() => {
    forget()
    if (!isRun) console.error(unsent)
  })
  return ready
}

const unsent =
  'A mail waits, and nobody sends it: call runAuthentication(server) where your server listens'
