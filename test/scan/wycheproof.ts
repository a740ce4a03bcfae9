// Sends every vector of Wycheproof's json_web_signature_test.json through what a resource server does.
// node bin/run.js test/scan/wycheproof.ts FILE
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resourceServer } from 'latchkey/resource-server'
import { parseCompact } from '../../src/resource-server/compact.ts'
import { type KeySet, parseKeySet } from '../../src/resource-server/keys.ts'
import { hasValidSignature } from '../../src/resource-server/signature.ts'

interface Vector {
  readonly tcId: number
  readonly comment: string
  readonly jws: string
  readonly result: 'valid' | 'invalid'
}

interface Group {
  readonly comment: string
  readonly public?: object
  readonly private?: object
  readonly tests: readonly Vector[]
}

const [, , file] = process.argv
if (file === undefined) {
  console.error('usage: node bin/run.js test/scan/wycheproof.ts FILE')
  process.exit(2)
}
const bytes = readFileSync(file)
const { testGroups }: { testGroups: readonly Group[] } = JSON.parse(bytes.toString())

const judged = []
for (const { tests, comment, ...group } of testGroups) {
  const jwks = { keys: [group.public ?? group.private] }
  for (const vector of tests) {
    const verdict = await verdictOn(vector.jws, parseKeySet(jwks))
    const isLetIn = await isLetInBy(jwks, vector.jws)
    judged.push({ ...vector, name: `${comment} ${vector.comment}`, verdict, isLetIn })
  }
}

// Whoever is right, in another algorithm than ours, is refused as well.
const wrong = judged.filter(({ result, jws, verdict, isLetIn }) => {
  const isOurs = result === 'valid' && algorithmOf(jws) === 'ES256'
  return isLetIn || isOurs !== (verdict === 'accepted')
})
console.log(`sha256 ${createHash('sha256').update(bytes).digest('hex')}\n`)
console.log('| tcId | | Wycheproof | algorithm | here |\n| --- | --- | --- | --- | --- |')
for (const { tcId, name, result, jws, verdict } of judged) {
  console.log(`| ${tcId} | ${name} | ${result} | ${algorithmOf(jws)} | ${verdict} |`)
}
for (const { tcId, name, verdict } of wrong) console.log(`WRONG ${tcId} ${name}: ${verdict}`)
console.log(`\n${judged.length - wrong.length} passed, ${wrong.length} failed`)
process.exitCode = wrong.length === 0 && judged.length > 0 ? 0 : 1

/** What of the token is judged by its form and its signature: Wycheproof's claim nothing, and have no type. */
async function verdictOn(jws: string, keys: KeySet): Promise<string> {
  const compact = parseCompact(jws)
  if (!compact)
    return algorithmOf(jws) === 'ES256' ? 'refused: form' : 'refused: algorithm, or form'
  if (!keys.kids.has(compact.kid)) return 'refused: no such key'
  return (await hasValidSignature(compact, keys)) ? 'accepted' : 'refused: signature'
}

/** The same through the front door, where none is an access token. */
async function isLetInBy(jwks: object, jws: string): Promise<boolean> {
  const { authenticate } = resourceServer({
    api: 'https://api.example.com',
    issuer: 'https://api.example.com',
    audience: 'foo',
    revocations: 'fail-open',
    fetch: async () => Response.json(jwks),
  })
  return !('status' in (await authenticate(`Bearer ${jws}`)))
}

function algorithmOf(jws: string): string {
  const [head = ''] = jws.split('.')
  return /"alg"\s*:\s*"(\w*)"/.exec(Buffer.from(head, 'base64url').toString())?.[1] ?? '—'
}
