// npm run bench:revocation: how long each kind of token is still accepted after its session has ended.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeRun } from './report.ts'
import { countFetches, measureNeeds } from './revocation/needs.ts'
import { takeApiAway } from './revocation/outage.ts'
import { printOthers, printOutage, printRotation, printTimings } from './revocation/report.ts'
import { rotateUnderLoad } from './revocation/rotation.ts'
import { runScript } from './revocation/script.ts'
import { type Services, startServices } from './revocation/services.ts'
import { stealDatabase } from './revocation/theft.ts'
import { timeEndings } from './revocation/timings.ts'

const usage = `npm run bench:revocation [-- --log-outs 24]

Ends sessions in every way, and asks with what they were used by until it is refused: the token and the
cookie at the API, the access token at a service of its own. Then changes the signing key under load,
takes the API away, and tries all that the database holds.`

const rotations = {
  announced: 'latchkey signing-keys rotate, whose quarter of an hour is cut to 65 s',
  'at once': 'latchkey signing-keys rotate --now',
} as const

const { values } = parseArgs({
  options: {
    'log-outs': { type: 'string', default: '24' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await bench(Number(values['log-outs']))

async function bench(logOuts: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const services = await startServices(folder)
  try {
    console.log(describeRun())
    printTimings(await timeEndings(services, logOuts))
    const loot = await runScript(services)
    const needs = await measureNeeds(services)
    printOthers({ theft: await stealDatabase(services), loot, needs })
    await rotate(services, 'announced')
    await rotate(services, 'at once')
    printOutage(await takeApiAway(services))
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    await services.stop()
  }
  rmSync(folder, { recursive: true })
}

async function rotate(services: Services, how: keyof typeof rotations): Promise<void> {
  const before = countFetches(services)
  const rotation = await rotateUnderLoad(services, how)
  printRotation(rotations[how], rotation, countFetches(services) - before)
  if (rotation.refused > 0) process.exitCode = 1
}
