// Whose digests are in `file.sql`, which the code of d144742, the last before imports, has made: by requests,
// at `madeAt`, with `keyEncryptionKey`.
import { createHash } from 'node:crypto'

export const madeAt = new Date('2026-11-24T12:00:00.123Z')

export const keyEncryptionKey = createHash('sha256').update('the previous code').digest()

export const tokens = {
  annsSession: 'lks_QWn2ozDb8n6zJA4tEDhgdsLrBcEWnD4W1EpPQ2',
  bensSession: 'lks_rzxcAZMit8rhTbLuRRk1YcmSGq7AnU2u59q5Qx',
  annsApiKey: 'lkk_S7JyPkKed6tqppswv1euRMvzskMLxesP6sB3E7',
  bensReset: 'lkr_gRFvWA1Y4rZdTBGWiDKbsMxjBGhJyfqk2njAq8',
  annsProof: 'lkv_kQxD5qoTN42XRqgZ6HzXTwAWvDnZgZuH1krigP',
  cleosRegistration: 'lkv_dTEw7UHSytKr4NXvRubhTzxR6ahgV5cb4cqnhu',
}
