import { type AuthenticationPlan, planAuthentication } from '../../generator/authentication.ts'
import { databases } from '../../generator/choices.ts'
import { frameworks, readExistingProject } from '../../generator/existing-project.ts'
import { parseChoice } from './choice.ts'
import { defineCommand, Refused } from './command.ts'
import { listPeers } from './installation.ts'
import { print } from './output.ts'
import { packageOption, parsePackage, warnOfRegistry } from './package-option.ts'
import { dryRunOption, writePlan } from './plan.ts'

export const generateAuthentication = defineCommand(
  {
    name: 'generate authentication',
    summary: 'Add log-in to a Hono, Fastify, Express or Next.js project',
    details: `Adds sign-up and log-in to the project in this folder: set-up, routes, mails and
their tests, in the project's own language and for its own test runner. Adds to
package.json, .gitignore and .env.example, and inserts lines into the server's
file where it is clear where they belong; otherwise it prints them. Nothing that
exists is overwritten.`,
    operands: null,
    options: {
      database: {
        type: 'string',
        value: databases.join('|'),
        meaning: 'Where users and sessions are stored (default: sqlite)',
      },
      framework: {
        type: 'string',
        value: frameworks.join('|'),
        meaning: "The server's framework, if package.json names several",
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
      database: parseChoice('database', values.database, databases) ?? databases[0],
      latchkey: parsePackage(values.package),
      peers: listPeers(),
    }
    const framework = parseChoice('framework', values.framework, frameworks)
    const project = readExistingProject('.', framework)
    if (typeof project === 'string') throw new Refused(project)
    const plan = planAuthentication(project, options)
    if (typeof plan === 'string') throw new Refused(plan)
    print(writePlan(plan, { isDry: values['dry-run'] ?? false }))
    print(nextSteps(plan))
    warnOfRegistry(options.latchkey)
  },
)

function nextSteps({ run, production }: AuthenticationPlan): string {
  const commands = ['npm install', 'npm test', ...(run ? [`npm run ${run}`] : [])]
  return ['', ...commands.map((line) => `  ${line}`), '', ...production].join('\n')
}
