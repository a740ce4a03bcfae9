import type { MailOptions } from 'latchkey/server'

/** The name, the look and the words of your mails. Whatever `words` leaves out is said in plain English. */
export const mails: MailOptions = {
  name: 'Projects',
  language: 'en',
  colors: {
    light: { accent: '#1f4fd8', onAccent: '#ffffff' },
    dark: { accent: '#93b1ff', onAccent: '#0e1015' },
  },
  words: {
    api_key_expiring: ({ site }) => ({ button: `Manage your keys at ${site}` }),
  },
}
