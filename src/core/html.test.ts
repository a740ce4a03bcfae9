import { expect, test } from 'vitest'
import { Html, html } from './html.ts'

test('a value is shown as it is written, wherever it stands', () => {
  const value = `<script>"&"</script> 'x'`
  expect(html`<p title="${value}">${value}</p>`.markup).toBe(
    '<p title="&#60;script&#62;&#34;&#38;&#34;&#60;/script&#62; &#39;x&#39;">' +
      '&#60;script&#62;&#34;&#38;&#34;&#60;/script&#62; &#39;x&#39;</p>',
  )
})

test('what was escaped once is not escaped again', () => {
  expect(html`<p>${html`<b>${'&'}</b>`}</p>`.markup).toBe('<p><b>&#38;</b></p>')
})

test('a list stands there piece by piece, and an empty one leaves nothing', () => {
  const items = ['a', '<b>'].map((each) => html`<li>${each}</li>`)
  expect(html`<ul>${items}</ul>`.markup).toBe('<ul><li>a</li><li>&#60;b&#62;</li></ul>')
  expect(html`<ul>${[]}</ul>`.markup).toBe('<ul></ul>')
})

test('markup of our own is shown as markup', () => {
  expect(html`${new Html('<hr>')}`.markup).toBe('<hr>')
})

test('a template escapes nothing of its own', () => {
  expect(html`<!doctype html><p>&amp;</p>`.markup).toBe('<!doctype html><p>&amp;</p>')
})
