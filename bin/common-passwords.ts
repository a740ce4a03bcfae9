// Makes src/core/password-policy/common-passwords.bin from word lists, one password a line:
//
//   node bin/common-passwords.ts LIST …
//
// docs/decisions/007-passwords.md says which lists the committed file was made from.
import { readFileSync, writeFileSync } from 'node:fs'
import { bloomProbes } from '../src/core/password-policy/common-passwords.ts'

const shortestThatCanBeChosen = 8
const bitsPerPassword = 24

const passwords = new Set(
  process.argv
    .slice(2)
    .flatMap((list) => readFileSync(list, 'utf8').split(/\r?\n/))
    .map((password) => password.normalize('NFC').toLowerCase())
    .filter((password) => [...password].length >= shortestThatCanBeChosen),
)

const filter = new Uint8Array(Math.ceil((passwords.size * bitsPerPassword) / 8))
for (const password of passwords) {
  for (const probe of bloomProbes(password, filter.length * 8)) {
    filter[probe >> 3] = (filter[probe >> 3] ?? 0) | (1 << (probe & 7))
  }
}

writeFileSync(new URL('../src/core/password-policy/common-passwords.bin', import.meta.url), filter)
console.log(`${passwords.size} passwords in ${filter.length} bytes`)
