// Somebody without a mouse, or without animations.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { ann } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { follow, hears, press, reads, sees } from './person.ts'

/** Goes on with the Tab key until something has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate(() => {
      const { activeElement: focused } = document
      const [label] = focused instanceof HTMLInputElement ? (focused.labels ?? []) : []
      return (label ?? focused)?.textContent?.trim() ?? ''
    })
    expect(await isFocusSeen(page)).toBe(true)
    if (here === name) return
  }
  throw new Error(`The Tab key does not lead to ${name}`)
}

/** Whether a line stands around what has the focus; a browser's own bars have theirs. */
function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { activeElement: focused } = document
    if (!focused || focused === document.body) return true
    const { outlineStyle, outlineWidth } = getComputedStyle(focused)
    const { width, height, top, left } = focused.getBoundingClientRect()
    const isOnPage = width > 0 && height > 0 && top >= 0 && left >= 0
    return isOnPage && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
  })
}

test.each(['none', 'active'] as const)(
  'with forced colours %s somebody signs up, makes a project and logs out by the keyboard, and sees where they are',
  async (forcedColors) => {
    const front = await openFrontEnd()
    const page = await front.open()
    await page.emulateMedia({ forcedColors })
    await sees(page, 'All your projects in one place')
    await tabTo(page, 'Skip to content')
    await tabTo(page, 'Sign up')
    await page.keyboard.press('Enter')
    await sees(page, 'Sign up')
    await tabTo(page, 'Email address')
    await page.keyboard.type(ann.email_address)
    await tabTo(page, 'Password')
    await page.keyboard.type(ann.password)
    await page.keyboard.press('Enter')
    await reads(page, 'No projects yet')
    await tabTo(page, 'New project')
    await page.keyboard.press('Space')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Garden')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    await page.evaluate(() => document.body.focus())
    await tabTo(page, 'Log out')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Sign up' }).first().waitFor()
    // The token is forgotten first: the page does not wait for the server.
    await vi.waitFor(() => expect(front.api.requests).toContain('DELETE /v1/session'))
  },
)

test('with forced colours one tab alone has the line of the one that is open', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account/devices')
  await reads(page, 'This device')
  await page.emulateMedia({ forcedColors: 'active' })
  const lines = await page
    .getByRole('navigation', { name: 'Account' })
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => getComputedStyle(link).borderBottomColor))
  expect(lines.filter((line) => line === lines[1])).toHaveLength(1)
})

test('whoever goes to another page hears its name: it is the title of the tab, and its heading has the focus', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  const seen = new Set([await page.title()])
  for (const [name, title] of [
    ['Devices', 'Devices'],
    ['API keys', 'API keys'],
    ['Activity', 'Recent activity'],
    ['Account', 'Account'],
  ] as const) {
    await page
      .getByRole('navigation', { name: 'Account' })
      .getByRole('link', { name, exact: true })
      .click()
    await sees(page, title)
    await page.waitForFunction((text) => document.activeElement?.textContent === text, title)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await page.title()).toBe(`${title} · Projects`)
    seen.add(await page.title())
  }
  expect(seen.size).toBe(4)
  await page.goBack()
  await sees(page, 'Recent activity')
  await page.waitForFunction(() => document.activeElement?.textContent === 'Recent activity')
})

test('whoever wants no motion gets none, also while something is loaded', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  const running = () => page.evaluate(() => document.getAnimations().length)
  const load = async () => {
    front.api.hold()
    await follow(page, 'Projects')
    await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor()
  }
  await load()
  expect(await running()).toBeGreaterThan(0)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await running()).toBe(0)
  front.api.mend()
  await reads(page, 'No projects yet')
})

test('whoever comes back to the page they began with, or tries once more to load it, is at its title', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  const isAt = (tag: string) =>
    page.waitForFunction((wanted) => document.activeElement?.tagName === wanted, tag)
  await isAt('BODY')
  await follow(page, 'Account')
  await sees(page, 'Account')
  await page.goBack()
  await reads(page, 'No projects yet')
  await isAt('H1')

  front.api.cut()
  front.expectFaults('net::ERR_EMPTY_RESPONSE /v1/session')
  await page.reload()
  await hears(page, 'The server can’t be reached')
  await isAt('BODY')
  front.api.mend()
  await press(page, 'Try again')
  await reads(page, 'No projects yet')
  await isAt('H1')
})
