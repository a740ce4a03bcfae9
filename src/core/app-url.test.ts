import { expect, test } from 'vitest'
import { parseAppUrl } from './app-url.ts'

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['https://app.example.com/', 'https://app.example.com'],
  ['https://app.example.com//', 'https://app.example.com'],
  ['https://example.com/projects/', 'https://example.com/projects'],
  ['HTTPS://App.Example.com', 'https://app.example.com'],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['https://app.example.com:443', 'https://app.example.com'],
  ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
  ['https://app.example.com/"<b>', 'https://app.example.com/%22%3Cb%3E'],
])('%s begins links with %s', (text, url) => {
  expect(parseAppUrl(text)).toBe(url)
})

test.each([
  '',
  'app.example.com',
  '//app.example.com',
  '/app',
  'ftp://app.example.com',
  'javascript:alert(1)',
  'https://',
  'https://app.example.com?',
  'https://app.example.com?next=1',
  'https://app.example.com/#',
  'https://app.example.com/#token',
  'https://ann@app.example.com',
  'https://ann:secret@app.example.com',
])('%j is no place that a link can lead to', (text) => {
  expect(parseAppUrl(text)).toBeNull()
})
