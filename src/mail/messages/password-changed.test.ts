import { expect, test } from 'vitest'
import { passwordChanged } from './password-changed.ts'

const appUrl = 'https://app.example.com/projects'
const changedAt = new Date('2026-02-03T23:59:30Z')

test('the notice says what happened, when, and what to do about it', () => {
  const { subject, text, html } = passwordChanged({ appUrl, changedAt })
  expect(subject).toBe('Your password was changed')
  expect(text).toMatch(
    /^The password of your account at app\.example\.com was changed on 3 February 2026 at 23:59 UTC\. /m,
  )
  expect(text).toContain('Every other device was logged out.')
  expect(text).toMatch(/^If it was not you, .* reset the password at\n\nhttps:.*\/projects\n$/m)
  expect(html).toContain('was changed on 3 February 2026 at 23:59 UTC. Every other device')
  expect(html).toContain(`<a href="${appUrl}">app.example.com</a>`)
})

test('the notice holds no token and loads nothing', () => {
  const { text, html } = passwordChanged({ appUrl, changedAt })
  expect(text + html).not.toMatch(/lk[a-z]_|#[a-z]+_|\bsrc=|<link|<script|<img|url\(/i)
})
