// What a Dockerfile says, done in plain folders: Docker is not where the tests run.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import type { World } from './world.ts'

export interface Image {
  readonly folder: string
  /** `ENV`, as a container has it. */
  readonly variables: Readonly<Record<string, string>>
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
}

type Instruction = readonly [name: string, rest: string]

/** Builds `deploy/Dockerfile` of a project; what only the superuser may do is left out. */
export async function buildImage(world: World, project: string): Promise<Image> {
  const stages = readStages(project)
  const context = copyContext(world, project)
  for (const [index, stage] of stages.entries()) {
    mkdirSync(stageFolder(world, index))
    for (const instruction of stage) await follow(instruction, { world, context, index })
  }
  const last = stages.at(-1) ?? []
  const all = (name: string) => last.filter((each) => each[0] === name).map(([, rest]) => rest)
  const pairs = all('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=')))
  const json = (rest = '') => JSON.parse(rest.slice(rest.indexOf('[')))
  return {
    folder: stageFolder(world, stages.length - 1),
    variables: Object.fromEntries(pairs),
    command: json(all('CMD')[0]),
    healthCheck: json(all('HEALTHCHECK')[0]),
  }
}

const stageFolder = ({ folder }: World, index: number) => join(folder, `stage-${index}`)

function readStages(project: string): Instruction[][] {
  const stages: Instruction[][] = []
  const text = readFileSync(join(project, 'deploy/Dockerfile'), 'utf8')
  for (const line of text.split('\n').filter((each) => /^[A-Z]/.test(each))) {
    const [, name = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
    if (name === 'FROM') stages.push([])
    else stages.at(-1)?.push([name, rest])
  }
  return stages
}

// What Docker is sent: all but what the file beside the Dockerfile names.
function copyContext({ folder }: World, project: string): string {
  const ignored = readFileSync(join(project, 'deploy/Dockerfile.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const context = join(folder, 'context')
  rmSync(context, { recursive: true, force: true })
  cpSync(project, context, {
    recursive: true,
    filter: (path) => {
      const name = path.slice(project.length + 1)
      return name === '' || !ignored.some((pattern) => matchesGlob(name, pattern))
    },
  })
  return context
}

async function follow(
  [name, rest]: Instruction,
  { world, context, index }: { world: World; context: string; index: number },
): Promise<void> {
  const folder = stageFolder(world, index)
  if (name === 'COPY') {
    const words = rest.split(' ')
    if (words[0]?.startsWith('--from=')) {
      cpSync(join(stageFolder(world, index - 1), words[2] ?? ''), join(folder, words[2] ?? ''), {
        recursive: true,
        verbatimSymlinks: true,
      })
      return
    }
    const to = words.pop() ?? ''
    for (const from of words) {
      const into = to === './' ? join(folder, from) : join(folder, to)
      cpSync(join(context, from), into, { recursive: true })
    }
  } else if (name === 'RUN' && !rest.startsWith('install ')) {
    const { code, stdout, stderr } = await world.run(rest, { cwd: folder })
    if (code !== 0) throw new Error(`RUN ${rest}: ${stdout}${stderr}`)
  }
}
