import { z } from 'zod'
import type { Mailbox } from '../core/mail.ts'
import { answer, htmlPage } from './answers.ts'
import { mailboxPage } from './mailbox-page.ts'
import { mailSchema, presentMail } from './mails.ts'
import { type Route, route } from './route.ts'

// A page cannot show a 422, so an invalid parameter falls back to its default.
const query = z.object({
  mail: z.string().optional(),
  view: z.enum(['html', 'text']).catch('html'),
  screen: z.enum(['own', 'light', 'dark']).catch('own'),
  refresh: z.enum(['on', 'off']).catch('on'),
})

/** The mails that are kept instead of being sent, for the developers of the application. */
export function mailbox({ mails }: Mailbox): Route[] {
  return [
    route({
      method: 'GET',
      path: '/dev/mailbox',
      access: 'development',
      summary: 'The mails, newest first, as a page',
      query,
      answers: { 200: { description: 'The page' }, 404: { description: 'The mail is gone' } },
      handle({ query: { mail: id, ...look }, origin }) {
        const presented = mails.map(presentMail)
        const found = presented.find((mail) => mail.id === id)
        const open = id === undefined ? null : (found ?? 'gone')
        const shown = mailboxPage(presented, { ...look, open, origin })
        return htmlPage(shown, open === 'gone' ? 404 : 200)
      },
    }),

    route({
      method: 'GET',
      path: '/dev/mailbox.json',
      access: 'development',
      summary: 'The mails, newest first',
      answers: {
        200: { description: 'All that are kept', body: z.object({ mails: z.array(mailSchema) }) },
      },
      handle: () => answer({ mails: mails.map(presentMail) }),
    }),
  ]
}
