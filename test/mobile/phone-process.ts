import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import type { Acts } from './phone.ts'

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

/** The app, as it runs on a phone. */
export interface Phone {
  /** Throws what the app would: an `ApiError`, less its class. */
  ask<Name extends keyof Acts>(
    name: Name,
    ...args: Parameters<Acts[Name]>
  ): Promise<Awaited<ReturnType<Acts[Name]>>>
  /** Kills the app, as phones do. */
  kill(): Promise<void>
}

/** An empty vault, to start phones with. */
export function emptyVault(): string {
  const vault = join(temporaryFolder(), 'vault.json')
  writeFileSync(vault, '{}')
  return vault
}

/** Starts the app on a phone that has kept what is in the vault. */
export function startPhone(api: string, vault = emptyVault()): Phone {
  const execArgv = ['--experimental-vm-modules', '--no-warnings']
  const child = fork('test/mobile/phone.ts', [api, vault], { execArgv })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let asked = 0
  child.on('message', ({ id, result, error }: Answer) => {
    if (error) waiting.get(id)?.reject(Object.assign(new Error(error.message), error))
    else waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The app died'))
  })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  onTestFinished(kill)
  return {
    ask(name, ...args) {
      const id = asked++
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      child.send({ id, name, args })
      return answer.promise as ReturnType<Phone['ask']> as never
    },
    kill,
  }
}
