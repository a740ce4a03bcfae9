/**
 * The server as it is where nobody was imported, as it is where somebody was, the one without a hash for
 * unknown addresses, the one that makes them wait.
 */
export const ports = ['right', 'imported', 'unhashed', 'delayed'] as const

export type Port = (typeof ports)[number]
