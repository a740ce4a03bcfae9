// Every kind of mail in a real browser, on a narrow and on a wide screen, a light and a dark one.
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import { createApp, type Mail, nodeServer } from 'latchkey/server'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { address, sender, startServer } from '../harness.ts'
import { kinds, sample } from '../mail/sample-mails.ts'
import { openBrowser } from './browser.ts'

const screens = 'test-results/screens/mails'
mkdirSync(screens, { recursive: true })

test.each(kinds)(
  '%s can be read by everybody, at any width, in light and in dark',
  async (kind) => {
    const { openProfile } = await openBrowser()
    const page = await (await openProfile()).newPage()
    await page.setContent(sample(kind).html)
    await page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const width of [600, 360, 320]) {
        await page.setViewportSize({ width, height: 760 })
        if (width > 320)
          await page.screenshot({ path: `${screens}/${kind}-${colorScheme}-${width}.png` })
        const seen = `${kind}, ${colorScheme}, ${width}`
        expect(await widthOf(page), seen).toBe(width)
        expect(await buttonHeightOf(page), seen).toBeGreaterThanOrEqual(44)
      }
      expect(await faultsOf(page), `${kind}, ${colorScheme}`).toEqual([])
    }
  },
)

test('words without an end make no mail wider than its screen', async () => {
  const { openProfile } = await openBrowser()
  const page = await (await openProfile()).newPage()
  const long = 'Donaudampfschifffahrt'.repeat(9)
  const words = {
    registration: () => ({ subject: long, before: [long], button: long, after: [long] }),
  }
  await page.setContent(sample('registration', { name: long, words }).html)
  for (const width of [320, 600]) {
    await page.setViewportSize({ width, height: 760 })
    // Less a bar at its side, where it has one.
    expect(await widthOf(page)).toBeLessThanOrEqual(width)
  }
})

test('the mailbox of development shows a mail as on a light and as on a dark screen, and as text', async () => {
  const { openProfile } = await openBrowser()
  const page = await (await openProfile()).newPage()
  const mailbox = await startMailbox()
  const backgrounds = async (screen: string) => {
    await page.goto(`${mailbox}?mail=1%40example.com&screen=${screen}`)
    await page.screenshot({ path: `${screens}/mailbox-${screen}.png` })
    const [, mail] = page.frames()
    return [await backgroundOf(page), await backgroundOf(mail)]
  }
  // What is emulated would be so in the frame too, whatever its element asks for.
  await page.emulateMedia({ colorScheme: null })
  const [own, mail] = await backgrounds('own')
  expect(own).toBe(mail)
  expect(await backgrounds('light')).toEqual([own, 'rgb(242, 244, 248)'])
  expect(await backgrounds('dark')).toEqual([own, 'rgb(14, 16, 21)'])
  await page.click('text=Text')
  expect(await page.textContent('pre')).toBe(sample('password_reset').text)
  await page.screenshot({ path: `${screens}/mailbox-text.png` })
  await page.click('text=HTML')
  expect(new URL(page.url()).search).toBe('?mail=1%40example.com&screen=dark')
})

async function startMailbox(): Promise<string> {
  const { auth } = await startServer()
  const mail: Mail = {
    messageId: '<1@example.com>',
    from: sender,
    to: address('ann@example.com'),
    date: new Date('2026-02-03T12:00:00Z'),
    ...sample('password_reset'),
  }
  const app = createApp(auth, { mode: 'development', mailbox: { mails: [mail] } })
  const http = nodeServer(app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  return `http://localhost:${Object(http.address()).port}/dev/mailbox`
}

async function backgroundOf(shown: Pick<Page, 'evaluate'> | undefined): Promise<string> {
  return String(await shown?.evaluate('getComputedStyle(document.body).backgroundColor'))
}

function widthOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth')
}

function buttonHeightOf(page: Page): Promise<number> {
  return page.evaluate(`document.querySelector('a.button').getBoundingClientRect().height`)
}

// A mail is shown inside somebody else's page, who says where its main part is.
const runAxe = `axe.run({ rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } })`

async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(`${runAxe}.then(({ violations, incomplete }) =>
    [...violations, ...incomplete].map(({ id, nodes }) => id + ': ' + nodes.map((each) => each.html)))`)
}
