/**
 * The CRC-32 (ISO 3309) of a text that is known to be ASCII, as `node:zlib` computes it; a number below 2^32.
 *
 * Written out here because a call into Node's C++ takes about 4 % of a whole request (decision 35).
 */
export function crc32(text: string): number {
  let rest = -1
  for (let index = 0; index < text.length; index++) {
    rest = (rest >>> 8) ^ (remainders[(rest ^ text.charCodeAt(index)) & 0xff] ?? 0)
  }
  return ~rest >>> 0
}

const polynomial = 0xedb88320

// The remainder of each byte with eight zero bits behind it.
const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  return rest
})
