import { expect, test } from 'vitest'
import { apiKeyCreated } from './api-key-created.ts'
import { apiKeyExpiring } from './api-key-expiring.ts'

const appUrl = 'https://app.example.com/projects'
const at = new Date('2026-02-03T23:59:30Z')

test('whoever has a new API key is told which, when, and what else to do', () => {
  const { subject, text, html } = apiKeyCreated({ appUrl, name: 'Nightly build', createdAt: at })
  expect(subject).toBe('A new API key was created')
  expect(text).toMatch(/^The API key “Nightly build” was created for your account at app\.example/)
  expect(text).toContain('on 3 February 2026 at 23:59 UTC.')
  expect(text).toMatch(/reset your password, .* every API key at\n\nhttps:.*\/projects\n$/)
  expect(html).toContain(`<a href="${appUrl}">app.example.com</a>`)
  expect(apiKeyCreated({ appUrl, name: null, createdAt: at }).text).toMatch(/^An API key was /)
})

test('whoever has one that ends is told which and when', () => {
  const { subject, text } = apiKeyExpiring({ appUrl, name: 'Nightly build', expiresAt: at })
  expect(subject).toBe('An API key is about to expire')
  expect(text).toMatch(/“Nightly build” .* expires on 3 February 2026 at 23:59 UTC\./)
})

test('a name leads nowhere: it is neither markup nor a link nor an address', () => {
  const name = '<a href="x">https://evil.example/now</a> mail eve@evil.example'
  const { text, html } = apiKeyCreated({ appUrl, name, createdAt: at })
  expect(html).not.toContain('<a href="x"')
  for (const each of [text, html]) expect(each).not.toMatch(/evil\.example|:\/\/evil|eve@/)
})
