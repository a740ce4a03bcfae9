import type { MailOptions } from 'latchkey/server'

/** The name, colours and wording of your mails. Wherever `words` has no text, the default English one is used. */
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
