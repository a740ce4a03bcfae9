import { basename, relative, resolve, sep } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { codeOf } from '../../core/thrown.ts'
import { databases, frontEnds } from '../../generator/choices.ts'
import { findOccupants } from '../../generator/folder.ts'
import { isTitle, namesOf, titleWanted } from '../../generator/names.ts'
import { writeProject } from '../../generator/project.ts'
import { startRepository } from '../../generator/repository.ts'
import { findWorkspace } from '../../generator/workspace.ts'
import { parseChoice } from './choice.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { listNodePackages } from './installation.ts'
import { nextSteps } from './next-steps.ts'
import { print } from './output.ts'
import { packageOption, parsePackage, warnOfRegistry } from './package-option.ts'
import { refuseUnwritten } from './plan.ts'

export const newProject = defineCommand(
  {
    name: 'new',
    summary: 'Create a project: an API with users, and pages for it',
    details: `Writes a project into DIR: an API with log-in, a resource with its tests, and a front
end. It is yours from then on. If DIR exists, it must be empty except for the files of
git and a licence. If it is in no git repository, one is initialized, without a commit.`,
    operands: 'DIR',
    options: {
      database: {
        type: 'string',
        value: databases.join('|'),
        meaning: 'Where its data is stored (default: sqlite)',
      },
      'front-end': {
        type: 'string',
        value: frontEnds.join('|'),
        meaning: 'What its pages are made with (default: react)',
      },
      name: {
        type: 'string',
        value: 'NAME',
        meaning: 'Its name in pages and mails (default: derived from DIR)',
      },
      package: packageOption,
      yes: { type: 'boolean', meaning: 'Ask nothing, even on a terminal' },
    },
    examples: [
      'latchkey new my-api',
      'latchkey new my-api --database postgres --front-end none',
      "latchkey new . --name 'Ann and Bob'",
    ],
  },
  async ({ values, positionals }) => {
    const choices = {
      database: parseChoice('database', values.database, databases) ?? databases[0],
      frontEnd: parseChoice('front-end', values['front-end'], frontEnds) ?? frontEnds[0],
    }
    const title = parseTitle(values.name)
    const latchkey = parsePackage(values.package)
    const directory = resolve(await readDirectory(positionals, values))
    if (directory.split(sep).includes('node_modules')) throw new Refused(insidePackages)
    if (choices.frontEnd === 'react') requireOwnPackages(directory)
    refuseUnwritten(() => requireFree(directory))
    const names = namesOf(basename(directory), { title })
    const project = { ...choices, names, latchkey, nodePackages: listNodePackages() }
    refuseUnwritten(() => writeProject(directory, project))
    const repository = startRepository(directory, { environment: process.env })
    print(nextSteps(directory, { project, repository }))
    warnOfRegistry(latchkey)
  },
)

// Node does not run TypeScript there.
const insidePackages = 'A project below a folder node_modules cannot be run: name another folder'

// The pages are a workspace of the project, and npm installs nothing for a workspace within another.
function requireOwnPackages(directory: string): void {
  const file = findWorkspace(directory)
  if (file === null) return
  throw new Refused(
    `${directory} is among the workspaces of ${file}, where npm would install nothing for its pages: name a folder elsewhere, or add --front-end none`,
  )
}

function parseTitle(name: string | undefined): string | null {
  if (name === undefined) return null
  if (!isTitle(name)) throw new UsageError(`--name ${titleWanted}`)
  return name
}

interface Asking {
  readonly yes?: boolean | undefined
}

async function readDirectory(
  [directory, ...more]: readonly string[],
  { yes }: Asking,
): Promise<string> {
  if (more.length > 0) throw new UsageError('One DIR is needed')
  if (directory) return directory
  if (yes || !process.stdin.isTTY || !process.stdout.isTTY) throw new UsageError('DIR is needed')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const asked = terminal.question('Where shall the project be? (my-api) ')
  const answer = await asked.catch(endWhereAborted).finally(() => terminal.close())
  return answer.trim() || 'my-api'
}

// Ctrl-C and Ctrl-D are no error: the user typed them, and only wants the shell's next line.
function endWhereAborted(error: unknown): never {
  if (codeOf(error) !== 'ABORT_ERR') throw error
  process.stdout.write('\n')
  process.exit(130)
}

function requireFree(directory: string): void {
  const called = relative('.', directory) || 'This folder'
  const occupants = findOccupants(directory)
  if (occupants === null) throw new Refused(`${called} is no folder: name another`)
  if (occupants.length === 0) return
  const listed = occupants.slice(0, 3).join(', ') + (occupants.length > 3 ? ' and more' : '')
  throw new Refused(`${called} is not empty, it has ${listed}: name another folder`)
}
