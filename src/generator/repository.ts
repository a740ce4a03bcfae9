import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Makes a folder a git repository, unless it is inside one or git is missing. Commits nothing. */
export function startRepository(
  directory: string,
  { environment }: { environment: Readonly<Record<string, string | undefined>> },
): 'started' | 'inside' | 'none' {
  if (isInRepository(directory)) return 'inside'
  // In a git hook, these variables would make git use the repository of the hook.
  const own = Object.entries(environment).filter(([name]) => !name.startsWith('GIT_'))
  const options = { cwd: directory, env: Object.fromEntries(own) }
  const { status } = spawnSync('git', ['init', '--quiet'], options)
  return status === 0 ? 'started' : 'none'
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true
  const parent = dirname(directory)
  return parent !== directory && isInRepository(parent)
}
