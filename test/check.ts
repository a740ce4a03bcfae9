// Runs every check of the repository, one after another, for `npm test`. The last line has the totals.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const scratch = mkdtempSync(join(tmpdir(), 'latchkey-check-'))
const report = join(scratch, 'vitest.json')

// The scripts of the packages, not those in .bin, which differ between systems.
const checks = [
  ['format and lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']],
  ['types', ['node_modules/typescript/bin/tsc']],
  ['types of the front end', ['node_modules/typescript/bin/tsc', '--project', 'templates/web']],
  ['types of its tests', ['node_modules/typescript/bin/tsc', '--project', 'test/browser']],
  ['unused code', ['node_modules/knip/bin/knip.js']],
] as const

let passed = 0
let failed = 0
const broken: string[] = []
for (const [name, args] of checks) {
  console.log(`\n— ${name}`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status === 0) passed++
  else {
    failed++
    broken.push(name)
  }
}

console.log('\n— tests')
const vitest = 'node_modules/vitest/vitest.mjs'
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters], { stdio: 'inherit' })
const counts = readCounts()
passed += counts.passed
// A run that broke outside a test, or skipped one, has failed even if no test has.
failed += Math.max(counts.failed, status === 0 ? 0 : 1)

rmSync(scratch, { recursive: true })
// Repeated, since failures at the beginning are thousands of lines above.
if (broken.length > 0) console.log(`\nFailed before the tests: ${broken.join(', ')}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function readCounts(): { passed: number; failed: number } {
  try {
    const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numTotalTests - numPassedTests }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
