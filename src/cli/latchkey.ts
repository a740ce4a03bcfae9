#!/usr/bin/env node
// The command `latchkey`; docs/reference/cli.md says what it does.

const [major = 0, minor = 0] = process.version.slice(1).split('.').map(Number)
if (major > 24 || (major === 24 && minor >= 7)) await main()
else {
  console.error(`Latchkey needs Node 24.7 or newer; this is ${process.version}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  // Not imported at the top: an older Node would fail with a stack trace for lack of node:sqlite.
  const { watchOutput } = await import('./commands/output.ts')
  const { runCommandLine } = await import('./commands/command-line.ts')
  watchOutput()
  const exitCode = await runCommandLine(process.argv.slice(2))
  // Not process.exit(), which cuts off output on its way into a pipe; and a 0 must not replace the code that
  // failed output has set.
  if (exitCode > 0) process.exitCode = exitCode
}
