import { expect, test } from 'vitest'
import { newSignIn } from './new-sign-in.ts'

const appUrl = 'https://app.example.com/projects'
const signedInAt = new Date('2026-02-03T23:59:30Z')

test('the notice says what happened, when, and what to do about it', () => {
  const { subject, text, html } = newSignIn({ appUrl, signedInAt })
  expect(subject).toBe('New sign-in to your account')
  expect(text).toMatch(
    /^Somebody signed in to your account at app\.example\.com on 3 February 2026/,
  )
  expect(text).toContain('at 23:59 UTC, on a device')
  expect(text).toMatch(/^If it was you, there is nothing to do\.$/m)
  expect(text).toMatch(/^If it was not you, end that session .* at\n\nhttps:.*\/projects\n$/m)
  expect(html).toContain(`<a href="${appUrl}">app.example.com</a>`)
})

test('the notice holds no token and loads nothing', () => {
  const { text, html } = newSignIn({ appUrl, signedInAt })
  expect(text + html).not.toMatch(/lk[a-z]_|#[a-z]+_|\bsrc=|<link|<script|<img|url\(/i)
})
