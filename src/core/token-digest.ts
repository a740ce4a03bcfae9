/**
 * The SHA-256 of a token (FIPS 180-4 §6.2), as Node's own `hash` computes it. Tables store it in place of the token,
 * which is looked up by it. Our tokens have 187 random bits and cannot be guessed, so a fast unsalted hash is enough.
 *
 * Written out here because a call into OpenSSL takes about 5 % of a whole request (decision 35).
 *
 * SECURITY: no branch and no table index depends on the content of the token.
 *
 * @param token ASCII, at most 55 characters, which with their length fill one block
 * @throws RangeError for any other text
 */
export function digestOfToken(token: string): Uint8Array {
  try {
    readBlock(token)
    extendSchedule()
    return compress()
  } finally {
    // SECURITY: the schedule contains the token, and the next digest would include it.
    schedule.fill(0)
  }
}

const blockLength = 64
const rounds = 64

// Shared by all calls: nothing is awaited while one uses it.
const schedule = new Int32Array(rounds)

// FIPS 180-4 §5.1.1: the text, a bit that is set, zeros, and the length in bits.
function readBlock(text: string): void {
  if (text.length > blockLength - 9) throw new RangeError('A token has at most 55 characters')
  let all = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    all |= code
    setByte(index, code)
  }
  if (all > 0x7f) throw new RangeError('A token is ASCII')
  setByte(text.length, 0x80)
  schedule[15] = text.length * 8
}

function setByte(index: number, byte: number): void {
  const word = index >> 2
  schedule[word] = wordAt(word) | (byte << (24 - 8 * (index & 3)))
}

// FIPS 180-4 §6.2.2, step 1.
function extendSchedule(): void {
  for (let round = 16; round < rounds; round++) {
    const near = wordAt(round - 2)
    const far = wordAt(round - 15)
    const nearMixed = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)
    const farMixed = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)
    schedule[round] = (nearMixed + wordAt(round - 7) + farMixed + wordAt(round - 16)) | 0
  }
}

// FIPS 180-4 §6.2.2, steps 2 to 4.
function compress(): Uint8Array {
  let a = h0
  let b = h1
  let c = h2
  let d = h3
  let e = h4
  let f = h5
  let g = h6
  let h = h7
  for (let round = 0; round < rounds; round++) {
    const mixedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const chosen = (e & f) ^ (~e & g)
    const first = (h + mixedE + chosen + (constants[round] ?? 0) + wordAt(round)) | 0
    const mixedA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + mixedA + majority) | 0
  }
  const digest = Buffer.allocUnsafe(32)
  writeWord(digest, 0, a + h0)
  writeWord(digest, 4, b + h1)
  writeWord(digest, 8, c + h2)
  writeWord(digest, 12, d + h3)
  writeWord(digest, 16, e + h4)
  writeWord(digest, 20, f + h5)
  writeWord(digest, 24, g + h6)
  writeWord(digest, 28, h + h7)
  return digest
}

function writeWord(digest: Uint8Array, at: number, word: number): void {
  digest[at] = word >>> 24
  digest[at + 1] = word >>> 16
  digest[at + 2] = word >>> 8
  digest[at + 3] = word
}

function wordAt(index: number): number {
  return schedule[index] ?? 0
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

// FIPS 180-4 §5.3.3: the fractions of the square roots of the first eight primes. `| 0`, here and above: V8 adds
// signed integers of 32 bits several times as fast as larger numbers.
const h0 = 0x6a09e667
const h1 = 0xbb67ae85 | 0
const h2 = 0x3c6ef372
const h3 = 0xa54ff53a | 0
const h4 = 0x510e527f
const h5 = 0x9b05688c | 0
const h6 = 0x1f83d9ab
const h7 = 0x5be0cd19

// FIPS 180-4 §4.2.2: of the cube roots of the first sixty-four.
const constants = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
)
