import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Makes a repository of a folder that is in none, where git is installed; it has no commit. */
export function startRepository(
  directory: string,
  { environment }: { environment: Readonly<Record<string, string | undefined>> },
): 'started' | 'inside' | 'none' {
  if (isInRepository(directory)) return 'inside'
  // A hook of git's that runs this would have it begin in the hook's own repository.
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
