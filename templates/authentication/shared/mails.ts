import type { MailOptions } from 'latchkey/server'

/** The name, the look and the words of your mails. Whatever `words` leaves out is said in plain English. */
export const mails: MailOptions = {
  name: 'My App',
  language: 'en',
  colors: {
    light: { accent: '#1f4fd8', onAccent: '#ffffff' },
    dark: { accent: '#93b1ff', onAccent: '#0e1015' },
  },
  words: {
    password_reset: ({ site }) => ({ subject: `Reset your ${site} password` }),
  },
}
