// What a bench prints about itself before the results.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { isPinned } from './processes.ts'

export function describeMachine(run: { rounds: number; seconds: number; disk: number }): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  )
  const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  return `${describeRun()}
${run.rounds} rounds of ${run.seconds} s for each server; the disk keeps 4 kB in ${run.disk.toFixed(2)} ms
${versions.join(', ')}`
}

export function describeRun(): string {
  const [cpu] = cpus()
  const affinity = isPinned ? 'the servers on core 0, the load on core 1' : 'not pinned to cores'
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, Node ${process.version}, ${cpu?.model} × ${cpus().length}, ${affinity}`
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
