import type { MailOptions } from 'latchkey/server'

/** The name, colours and wording of your mails. Wherever `words` has no text, the default English one is used. */
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
