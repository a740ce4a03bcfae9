import { names } from './peers.ts'
import { middle, ratio, type Samples } from './samples.ts'

/** Prints medians of the rounds; the last column compares within each round. */
export function printChecks(
  title: string,
  samples: Samples,
  { against }: { readonly against: string } = { against: names.latchkey },
): void {
  console.log(`
${title}

| server | requests/s | CPU per request, µs | p50, ms | p99, ms | memory, MB | requests/s against ${against} |
| --- | --- | --- | --- | --- | --- | --- |`)
  for (const [name, runs] of samples) {
    const columns = [
      middle(runs, 'perSecond').toFixed(0),
      middle(runs, 'microseconds').toFixed(1),
      middle(runs, 'p50').toFixed(2),
      middle(runs, 'p99').toFixed(2),
      middle(runs, 'megabytes').toFixed(0),
      `${ratio(samples, [name, against], 'perSecond').toFixed(3)} ×`,
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}
