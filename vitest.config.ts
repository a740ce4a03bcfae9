import { defineConfig } from 'vitest/config'

// As node --conditions=source reads the package: from src, not from dist.
const conditions = ['source', 'node', 'import', 'default']

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
