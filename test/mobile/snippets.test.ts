// The snippets are those that the OpenAPI document leads to: a route or a field that changes changes them
// (`-u` writes them anew).
import { expect, test } from 'vitest'
import { startServer } from '../harness.ts'
import { read } from './flows.ts'
import { kotlin } from './kotlin.ts'
import { swift } from './swift.ts'

test.each([
  ['Swift', swift, '../../docs/guides/mobile/Api.swift'],
  ['Kotlin', kotlin, '../../docs/guides/mobile/Api.kt'],
] as const)('the snippets in %s are those of the document', async (_language, write, file) => {
  const { send } = await startServer()
  const { flows, structs } = read((await send('GET /openapi.json')).body)
  await expect(write(flows, structs)).toMatchFileSnapshot(file)
})
