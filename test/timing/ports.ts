/** The server as it is, the one without a hash for unknown addresses, the one that makes them wait. */
export const ports = ['right', 'unhashed', 'delayed'] as const

export type Port = (typeof ports)[number]
