import { expect, test } from 'vitest'
import { passwordReset } from './password-reset.ts'

const appUrl = 'https://app.example.com:8443/projects'
const link = `${appUrl}/reset-password#lkr_token`

test('the mail says who asked, what to do, for how long, and what else to do', () => {
  const { subject, text, html } = passwordReset({ appUrl, link, minutes: 15 })
  expect(subject).toBe('Reset your password')
  expect(text).toBe(`Somebody asked to reset the password of your account at app.example.com:8443.
If it was you, choose a new password here:

${link}

The link works once, for 15 minutes. If it was not you, ignore this mail: nothing has changed.
`)
  expect(html).toContain('<title>Reset your password</title>')
  expect(html).toContain('your account at app.example.com:8443.')
  expect(html).toContain('The link works once, for 15 minutes. If it was not you,')
  expect(html.split(link)).toHaveLength(3)
  expect(html).toContain(`<a href="${link}"`)
})

test('what stands in the link stays text', () => {
  const hostile = `${link}"><script>alert('&')</script>`
  const { html } = passwordReset({ appUrl, link: hostile, minutes: 15 })
  expect(html).not.toContain('<script>')
  expect(html).toContain('#lkr_token&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)')
})

test('nothing in the page is loaded from anywhere', () => {
  const { html } = passwordReset({ appUrl, link, minutes: 15 })
  expect(html).not.toMatch(/\bsrc=|<link|<script|<img|@import|url\(/i)
  expect(html.match(/https?:[^"<]*/g)).toEqual([link, link])
})
