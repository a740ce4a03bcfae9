// What the tests of the guides share: the code of a page, run as in a package of a reader's own.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { nodeServer } from 'latchkey/server'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../harness.ts'

const run = promisify(execFile)

/** The fenced blocks of a page in one language, in their order. */
export function blocksOf(path: string, language: string): string[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...blocks].filter((block) => block[1] === language).map(([, , code = '']) => code)
}

/** A folder with these files, and what `npm install` would have put beside them. */
export function packageFolder(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(process.cwd(), join(modules, 'latchkey'))
  const packages = ['@opentelemetry', '@types', 'express', 'fastify', 'hono', 'nodemailer']
  for (const name of [...packages, 'uuid', 'zod']) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name))
  }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['*.ts'] }
  const all = {
    'package.json': '{"type":"module"}',
    'tsconfig.json': JSON.stringify(extended),
    ...files,
  }
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Compiles all TypeScript of a folder under the rules of this repository. */
export async function compile(folder: string): Promise<void> {
  const compiled = run('node_modules/.bin/tsc', ['--project', folder])
  await compiled.catch(({ stdout }) => {
    throw new Error(`The code of the guide does not compile:\n${stdout}`)
  })
}

/** What a file of a folder says, line by line. */
export async function said(folder: string, name: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['--conditions=source', name], { cwd: folder })
  return stdout.trim().split('\n')
}

/** What lines of a shell say, and the commands `node` and `latchkey` are those of this repository. */
export async function shell(
  code: string,
  { cwd = temporaryFolder(), env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const commands = temporaryFolder()
  const entry = join(process.cwd(), 'src/cli/latchkey.ts')
  const node = `exec '${process.execPath}' --conditions=source`
  const script = (rest: string) => `#!/bin/sh\n${rest} "$@"\n`
  writeFileSync(join(commands, 'node'), script(node), { mode: 0o755 })
  writeFileSync(join(commands, 'latchkey'), script(`${node} '${entry}'`), { mode: 0o755 })
  writeFileSync(join(commands, 'npx'), script('exec'), { mode: 0o755 })
  const given = { ...process.env, ...env }
  const own = { ...given, PATH: `${commands}:${given.PATH}` }
  const { stdout } = await run('bash', ['--norc', '-e', '-c', code], { cwd, env: own })
  return stdout
}

/** Where an app listens until the test is over. */
export async function listen(app: Parameters<typeof nodeServer>[0]): Promise<string> {
  const server = nodeServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
