import { type AuthenticationPlan, planAuthentication } from '../../generator/authentication.ts'
import { databases } from '../../generator/choices.ts'
import { frameworks, isFramework, readExistingProject } from '../../generator/existing-project.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { listPeers } from './installation.ts'
import { print } from './output.ts'
import { packageOption, parsePackage, warnOfRegistry } from './package-option.ts'
import { dryRunOption, writePlan } from './plan.ts'

export const generateAuthentication = defineCommand(
  {
    name: 'generate authentication',
    summary: 'Add log-in to a project of Hono, Fastify, Express or Next.js',
    details: `Writes into the project in this folder what its users sign up and log in
with: set-up, routes, mails, and tests of them, in the project's own language
and for its own runner. Adds to package.json, .gitignore and .env.example, and
puts the lines into the server's file where it is clear where they belong;
elsewhere it says which. Nothing that is there is overwritten.`,
    operands: null,
    options: {
      database: {
        type: 'string',
        value: databases.join('|'),
        meaning: 'Where users and sessions are; sqlite without it',
      },
      framework: {
        type: 'string',
        value: frameworks.join('|'),
        meaning: 'Whose server it is, where package.json names several',
      },
      package: packageOption,
      'dry-run': dryRunOption,
    },
    examples: [
      'latchkey generate authentication --dry-run',
      'latchkey generate authentication',
      'latchkey generate authentication --database postgres',
    ],
  },
  async ({ values }) => {
    const options = {
      database: parseDatabase(values.database),
      latchkey: parsePackage(values.package),
      peers: listPeers(),
    }
    const project = readExistingProject('.', parseFramework(values.framework))
    if (typeof project === 'string') throw new Refused(project)
    const plan = planAuthentication(project, options)
    if (typeof plan === 'string') throw new Refused(plan)
    print(writePlan(plan, { isDry: values['dry-run'] ?? false }))
    print(nextSteps(plan))
    warnOfRegistry(options.latchkey)
  },
)

function parseDatabase(given: string = databases[0]): (typeof databases)[number] {
  const database = databases.find((each) => each === given)
  if (database !== undefined) return database
  throw new UsageError(`--database must be one of ${databases.join(', ')}`)
}

function parseFramework(given: string | undefined): (typeof frameworks)[number] | null {
  if (given === undefined || isFramework(given)) return given ?? null
  throw new UsageError(`--framework must be one of ${frameworks.join(', ')}`)
}

function nextSteps({ run, production }: AuthenticationPlan): string {
  const commands = ['npm install', 'npm test', ...(run ? [`npm run ${run}`] : [])]
  return ['', ...commands.map((line) => `  ${line}`), '', ...production].join('\n')
}
