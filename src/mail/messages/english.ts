import type { MailWords } from './words.ts'

/**
 * The words of mails, unless the application gives others. No mail repeats the content of a request header, such as the
 * name of a device, and none reveals one address to the owner of another.
 */
export const english: MailWords = {
  password_reset: ({ site, minutes }) => ({
    subject: 'Reset your password',
    before: [
      `Somebody asked to reset the password of your account at ${site}. If it was you, choose a new one.`,
    ],
    button: 'Choose a new password',
    after: [
      `The link works once, for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. If it was not you, ignore this mail: nothing has changed.`,
    ],
  }),

  password_changed: ({ site, changedAt }) => ({
    subject: 'Your password was changed',
    before: [
      `The password of your account at ${site} was changed on ${instant(changedAt)}. Every other device was logged out.`,
      'If it was not you, somebody knows your password or can read your mail: secure your mailbox first, then reset the password.',
    ],
    button: goTo(site),
    after: [],
  }),

  new_sign_in: ({ site, signedInAt }) => ({
    subject: 'New sign-in to your account',
    before: [
      `Somebody signed in to your account at ${site} on ${instant(signedInAt)}, on a device or in a program that was not used for it before.`,
      'If it was you, there is nothing to do. If it was not you, end that session and choose a new password.',
    ],
    button: goTo(site),
    after: [],
  }),

  email_verification: ({ site, hours }) => ({
    subject: 'Confirm your email address',
    before: [
      `Somebody gave this address for their account at ${site}. If it was you, confirm that it is yours.`,
    ],
    button: 'Confirm the address',
    after: [
      `The link works once, for ${hours} hours, where you are logged in or with your password. If it was not you, ignore this mail: nothing has changed.`,
    ],
  }),

  email_changed: ({ site, changedAt }) => ({
    subject: 'Your email address was changed',
    before: [
      `The account at ${site} that had this address has had another one since ${instant(changedAt)}. Mails about it do not come here any more.`,
      'If it was not you, somebody was logged in as you: write to whoever runs the site.',
    ],
    button: goTo(site),
    after: [],
  }),

  registration: ({ site, hours }) => ({
    subject: 'Confirm your email address',
    before: [
      `Somebody signed up at ${site} with this address. If it was you, confirm that it is yours.`,
    ],
    button: 'Confirm the address',
    after: [
      `The link works once, for ${hours} hours, with the password that you signed up with. If it was not you, ignore this mail: there is no account until the link is used.`,
    ],
  }),

  address_taken: ({ site }) => ({
    subject: 'Somebody tried to sign up with your address',
    before: [
      `Somebody gave this address for an account at ${site}. You have one with it already, and nothing has changed.`,
      'If it was you, log in with the account that you have, or reset its password.',
    ],
    button: goTo(site),
    after: [],
  }),

  api_key_created: ({ site, key, createdAt }) => ({
    subject: 'A new API key was created',
    before: [
      `${key === null ? 'An API key' : `The API key “${key}”`} was created for your account at ${site} on ${instant(createdAt)}. Whoever has it can act in your name, as far as it allows.`,
      'If it was you, there is nothing to do. If it was not you, reset your password, which ends every session and every API key.',
    ],
    button: goTo(site),
    after: [],
  }),

  api_key_expiring: ({ site, key, expiresAt }) => ({
    subject: 'An API key is about to expire',
    before: [
      `The API key “${key}” of your account at ${site} expires on ${instant(expiresAt)}. From then on, whatever uses it is refused.`,
      'If it is still needed, create another one, and put it in its place.',
    ],
    button: goTo(site),
    after: [],
  }),
}

const goTo = (site: string) => `Go to ${site}`

// As in `3 February 2026 at 23:59 UTC`.
function instant(at: Date): string {
  format ??= new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return `${format.format(at)} UTC`
}

// Created for the first mail with an instant, since it loads the data of all languages, which would delay the start.
let format: Intl.DateTimeFormat | null = null
