// The template's own tests, in its own runner, as whoever copied it runs them.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the tests of the template pass', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--test', '--test-reporter=tap'],
    { cwd: 'templates/api', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  )
  expect(stdout).toMatch(/^# pass [1-9]/m)
  expect(stdout).toMatch(/^# fail 0$/m)
  expect(stdout).toMatch(/^# skipped 0$/m)
})

test('whatever the template depends on, a copy of it has the types of', () => {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  const { dependencies, devDependencies } = read('templates/api/package.json')
  for (const name of Object.keys(dependencies).filter((name) => name !== 'latchkey')) {
    const own = JSON.stringify(read(`node_modules/${name}/package.json`))
    const hasTypes = /"types":|\.d\.[mc]?ts"/.test(own) || `@types/${name}` in devDependencies
    // Its types are not asked for: `latchkey/smtp` names none of them.
    expect([name, hasTypes || name === 'nodemailer']).toEqual([name, true])
  }
})
