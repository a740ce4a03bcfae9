import { fieldTypes, parseFields } from '../../generator/field.ts'
import { planResource } from '../../generator/resource.ts'
import { parseResourceNames } from '../../generator/resource-names.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { print } from './output.ts'
import { dryRunOption, writePlan } from './plan.ts'

export const generateResource = defineCommand(
  {
    name: 'generate resource',
    summary: 'Add something that users own: its routes, table and tests',
    details: `Adds to the project in this folder what latchkey new wrote for projects, for NAME, a
plural such as notes or line_items: routes to list, create, show, change and delete the
user's own, tests of all of that, and a migration. They are added to routes.ts.

A type is one of ${Object.keys(fieldTypes).join(', ')};
with ? after it the field may be null. Some shells need that quoted; :optional is the same.`,
    operands: 'NAME FIELD:TYPE …',
    options: {
      singular: {
        type: 'string',
        value: 'WORD',
        meaning: 'What one of them is called (default: derived from NAME)',
      },
      'dry-run': dryRunOption,
    },
    examples: [
      'latchkey generate resource notes title:string body:text:optional',
      "latchkey generate resource line_items label:string amount:integer 'paid_on:date?'",
      'latchkey generate resource people name:string --singular person --dry-run',
    ],
  },
  async ({ values, positionals: [name, ...words] }) => {
    if (!name) throw new UsageError('NAME is needed')
    const singular = values.singular ?? null
    const names = accepted(parseResourceNames(name, { singular }))
    const plan = planResource('.', { names, fields: accepted(parseFields(words)) })
    if (typeof plan === 'string') throw new Refused(plan)
    const { plural, one } = names.words
    print(writePlan(plan, { isDry: values['dry-run'] ?? false }))
    print(`\nOne of the ${plural} is called ${one}: --singular says otherwise.`)
  },
)

function accepted<T>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new UsageError(parsed)
  return parsed
}
