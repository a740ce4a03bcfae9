import { expect, test } from 'vitest'
import { addressTaken } from './address-taken.ts'
import { emailChanged } from './email-changed.ts'
import { emailVerification } from './email-verification.ts'
import { registration } from './registration.ts'

const appUrl = 'https://app.example.com/projects'
const link = `${appUrl}/verify-email#lkv_token`

test('the link says what it is for, for how long, and what else to do', () => {
  const { subject, text, html } = emailVerification({ appUrl, link, hours: 24 })
  expect(subject).toBe('Confirm your email address')
  expect(text).toBe(`Somebody gave this address for their account at app.example.com.
If it was you, confirm it here:

${link}

The link works once, for 24 hours, where you are logged in or with your password. If it was not you, ignore this mail: nothing has changed.
`)
  expect(html.split(link)).toHaveLength(3)
  expect(html).toContain(`<a href="${link}"`)
})

test('the link of a sign-up says with which password it works, and that there is no account yet', () => {
  const { subject, text, html } = registration({ appUrl, link, hours: 24 })
  expect(subject).toBe('Confirm your email address')
  expect(text).toBe(`Somebody signed up at app.example.com with this address.
If it was you, confirm it here:

${link}

The link works once, for 24 hours, with the password that you signed up with. If it was not you, ignore this mail: there is no account until the link is used.
`)
  expect(html.split(link)).toHaveLength(3)
  expect(html).toContain(`<a href="${link}"`)
})

test('the old address is told when, and not which is the new one', () => {
  const changedAt = new Date('2026-02-03T23:59:30Z')
  const { subject, text, html } = emailChanged({ appUrl, changedAt })
  expect(subject).toBe('Your email address was changed')
  expect(text).toContain('has had another one since 3 February 2026 at 23:59 UTC.')
  expect(text + html).not.toContain('@')
})

test('whoever has an address is told that somebody gave it', () => {
  const { subject, text } = addressTaken({ appUrl })
  expect(subject).toBe('Somebody tried to sign up with your address')
  expect(text).toContain('nothing has changed')
  expect(text).toMatch(/reset its password at\n\nhttps:.*\/projects\n$/)
})

test('none of them loads anything, and the notices hold no token', () => {
  const changedAt = new Date()
  const notices = [addressTaken({ appUrl }), emailChanged({ appUrl, changedAt })]
  const links = [emailVerification, registration].map((each) => each({ appUrl, link, hours: 24 }))
  for (const { text, html } of [...notices, ...links]) {
    expect(text + html).not.toMatch(/\bsrc=|<link|<script|<img|@import|url\(/i)
  }
  for (const { text, html } of notices) expect(text + html).not.toMatch(/lk[a-z]_|#[a-z]+_/)
})
