import { startControlServer } from 'latchkey/testing'
import { testOptions } from './testing.ts'

// For a suite in another language, or in a browser. Of tests in this one each builds its own server.
await startControlServer(testOptions)
