// The ends of what is in the order of its ids.

/** Before every id (RFC 9562 §5.9). */
export const firstId = '00000000-0000-0000-0000-000000000000'

/** Behind every id (RFC 9562 §5.10). */
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
