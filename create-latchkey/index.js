#!/usr/bin/env node
// npm create latchkey my-api is latchkey new my-api.
const manifest = import.meta.resolve('latchkey/package.json')
process.argv.splice(2, 0, 'new')
await import(new URL('cli/latchkey.js', manifest).href)
