import { startControlServer } from 'latchkey/testing'
import { testOptions } from './testing.ts'

// For a test suite in another language, or in a browser. Tests in TypeScript each build their own server.
await startControlServer(testOptions)
