// The beginning and the end of a bench that loads servers.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Peer } from './peers.ts'
import { startProcess, stopProcess } from './processes.ts'
import { type Server, startServer } from './server.ts'

/** A folder, and processes that end with the bench. */
export interface Workbench {
  readonly folder: string
  /** Starts a load of this folder. */
  startLoad(file: string): ChildProcess
  /** @param slowness by how much each fdatasync is delayed; default not at all */
  serve(peer: Peer, slowness?: { readonly syncMilliseconds: number }): Promise<Server>
}

/** Runs a bench. If it fails, the folder is kept, since it contains the logs of the processes. */
export async function onWorkbench(run: (workbench: Workbench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const started: ChildProcess[] = []
  const startLoad = (file: string) => {
    const child = startProcess(file, { core: 'load', log: join(folder, 'load.log') })
    started.push(child)
    return child
  }
  const serve: Workbench['serve'] = async (peer, slowness) => {
    const server = await startServer(peer, folder, slowness)
    started.push(server.child)
    return server
  }
  try {
    await run({ folder, startLoad, serve })
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const child of started) await stopProcess(child)
  }
  rmSync(folder, { recursive: true })
}
