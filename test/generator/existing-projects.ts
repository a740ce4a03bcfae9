// Projects that are there before latchkey generate authentication: files in a folder, and what they need.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freshProjects } from './fresh-projects.ts'
import { latchkey, type Ran, startWorld, type World } from './world.ts'

type Project = Readonly<Record<string, string>>

export interface Projects {
  readonly world: World
  folder(name: string): string
  read(name: string, path: string): string
  write(name: string, files: Project): void
  /** A project of a framework, with everything installed. */
  begin(framework: string, name: string, files?: Project): Promise<void>
  generate(name: string, options?: string): Promise<Ran>
}

/** On a machine of their own; whatever they need is installed once, and each gets links to it. */
export async function startProjects(): Promise<Projects> {
  const world = await startWorld()
  const folder = (name: string) => join(world.folder, name)
  const write = (name: string, files: Project) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder(name), path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  write('all', { 'package.json': JSON.stringify({ dependencies: everything(world) }) })
  const { code, stderr } = await world.run('npm install', { cwd: folder('all') })
  if (code !== 0) throw new Error(`Nothing was installed: ${stderr}`)
  return {
    world,
    folder,
    read: (name, path) => readFileSync(join(folder(name), path), 'utf8'),
    write,
    async begin(framework, name, files = {}) {
      write(name, { ...freshProjects[framework], ...files })
      await world.run(`cp -al '${folder('all')}/node_modules' '${folder(name)}'`)
    },
    generate: (name, options = '') =>
      world.run(`${latchkey} generate authentication ${options}`, { cwd: folder(name) }),
  }
}

function everything({ tarball }: World): object {
  const names = ['express', 'fastify', 'hono', 'nodemailer', 'pg', 'typescript', '@types/node']
  const { devDependencies, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const versions = [...names, '@types/express', '@hono/node-server'].map((name) => [
    name,
    devDependencies[name] ?? dependencies[name],
  ])
  const own = { latchkey: `file:${tarball}`, 'fastify-plugin': '*' }
  return { ...Object.fromEntries(versions), ...own }
}
