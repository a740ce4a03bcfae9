/** Who can log in, at every server. */
export const users = 10_000
export const password = 'measured alone and in turns'

export const emailAddressOf = (index: number) => `user-${index}@example.com`
