// What a bench that loads servers begins and ends with.
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
  /** Starts one of the loads here. */
  startLoad(file: string): ChildProcess
  /** @param slowness what each fdatasync takes more; default nothing */
  serve(peer: Peer, slowness?: { readonly syncMilliseconds: number }): Promise<Server>
}

/** Leaves the folder where the bench breaks: the processes' logs are in it. */
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
