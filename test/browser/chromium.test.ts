import { chromium } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { findChromium } from './chromium.ts'

const sentence =
  /^There is no Chromium here: install one .*, or set CHROMIUM to the path of its program$/

test('where the system has no Chromium, one that comes with the packages opens a page', async () => {
  const found = findChromium({ PATH: '' })
  const isBuiltForThis = process.platform === 'linux' && process.arch === 'x64'
  if (!isBuiltForThis) return expect(found).rejects.toThrow(sentence)
  const browser = await chromium.launch({ ...(await found), args: ['--no-sandbox'] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.setContent('<title>It runs</title><input value="with a font">')
  expect(await page.title()).toBe('It runs')
})

test('where there is none for the machine, a sentence says what to install', async () => {
  const arm = { platform: 'linux', arch: 'arm64' } as const
  await expect(findChromium({ PATH: '' }, arm)).rejects.toThrow(sentence)
})

test('no name leads out of this machine', async () => {
  const { openProfile } = await openBrowser()
  const page = await (await openProfile()).newPage()
  const answer = await page.goto('https://www.example.com/')
  expect([answer?.status(), (await answer?.serverAddr())?.ipAddress]).toEqual([421, '127.0.0.1'])
})
