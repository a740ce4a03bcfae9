import { createStore } from 'latchkey/server'
import { runStoreContract } from 'latchkey/testing'
import { test } from 'vitest'
import { openDatabase } from '../harness.ts'

runStoreContract({ test, open: async () => createStore(await openDatabase()) })
