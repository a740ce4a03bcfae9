import { writeAdditions } from '../../generator/additions.ts'
import { fieldTypes, parseFields } from '../../generator/field.ts'
import { type Plan, planResource, type Resource } from '../../generator/resource.ts'
import { parseResourceNames } from '../../generator/resource-names.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { print } from './output.ts'

export const generateResource = defineCommand(
  {
    name: 'generate resource',
    summary: 'Add something that users own: its routes, table and tests',
    details: `Writes into the project in this folder what latchkey new wrote for projects, for NAME,
which is in the plural, such as notes or line_items: routes to list, create, show, change and
delete what is the user's own, tests of all of that, and a migration. They are added to routes.ts.

A type is one of ${Object.keys(fieldTypes).join(', ')};
with ? behind it the field may be null. Some shells want that quoted; :optional is the same.`,
    operands: 'NAME FIELD:TYPE …',
    options: {
      singular: {
        type: 'string',
        value: 'WORD',
        meaning: 'What one of them is called; made from NAME without it',
      },
      'dry-run': { type: 'boolean', meaning: 'Say what would be written, and write nothing' },
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
    const resource = {
      names: accepted(parseResourceNames(name, { singular })),
      fields: accepted(parseFields(words)),
    }
    const plan = planResource('.', resource)
    if (typeof plan === 'string') throw new Refused(plan)
    const isDry = values['dry-run'] ?? false
    if (!isDry) write(plan)
    print(report(plan, { resource, isDry }))
  },
)

function accepted<T>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new UsageError(parsed)
  return parsed
}

function write({ files }: Plan): void {
  try {
    writeAdditions('.', files)
  } catch (error) {
    const isSystems = error instanceof Error && 'syscall' in error
    throw isSystems ? new Refused(`Nothing was written: ${error.message}`) : error
  }
}

function report(
  { files, steps }: Plan,
  { resource: { names }, isDry }: { resource: Resource; isDry: boolean },
): string {
  const [wrote, changed] = isDry ? ['Would write', 'Would change'] : ['Wrote', 'Changed']
  return [
    ...files.map(({ path, is }) => `${is === 'new' ? wrote : changed} ${path}`),
    `One of the ${names.words.plural} is called ${names.words.one}: --singular says otherwise.`,
    ...(steps.length > 0 ? ['', 'Left to do by hand:', ...steps.map((step) => `  ${step}`)] : []),
  ].join('\n')
}
