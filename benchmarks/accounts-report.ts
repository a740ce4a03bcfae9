import { middle, type Samples } from './samples.ts'

/** Prints the requests without a token, by their kind: `log-in`, … */
export function printAccounts(what: string, samples: Samples): void {
  const title = `${what.charAt(0).toUpperCase()}${what.slice(1)}`
  console.log(`
${title}, 8 connections

| server | ${what}s/s | CPU each, ms | p50, ms | p99, ms |
| --- | --- | --- | --- | --- |`)
  for (const [name, runs] of samples) {
    const columns = [
      middle(runs, 'perSecond').toFixed(1),
      (middle(runs, 'microseconds') / 1_000).toFixed(2),
      middle(runs, 'p50').toFixed(1),
      middle(runs, 'p99').toFixed(1),
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}
