import { randomInt } from 'node:crypto'

// What `npm run test:fuzz` sets.
const { FUZZ_REQUESTS = '1000', FUZZ_SEED } = process.env

/** How much is tried, and where it begins: what failed is repeated with its seed. */
export const settings = {
  requests: Number(FUZZ_REQUESTS),
  // One that every run shares, and one that no other has.
  seeds: FUZZ_SEED === undefined ? [20_261_126, randomInt(2 ** 31)] : [Number(FUZZ_SEED)],
}
