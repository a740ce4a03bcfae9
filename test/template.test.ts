// The template's own tests, in its own runner, as whoever copied it runs them.
import { execFile } from 'node:child_process'
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
