// What is wrong with the look of a page, as far as programs can tell.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const screens = join('test-results', 'screens')
const themes = ['light', 'dark'] as const
const widths = [360, 768, 1440]

/** All that is wrong with what a page shows now; leaves pictures of it. */
export async function look(page: Page, name: string): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      await page.evaluate(haveAppeared)
      const state = `${name} ${colorScheme} ${width}`
      faults.push(...(await judge(page)).map((fault) => `${state}: ${fault}`))
      mkdirSync(screens, { recursive: true })
      await page.screenshot({ path: join(screens, `${state.replaceAll(' ', '-')}.png`) })
    }
  }
  // As narrow as a page of 1280 points is at 400 % (WCAG 1.4.10).
  await page.setViewportSize({ width: 320, height: 900 })
  faults.push(...(await misfits(page)).map((fault) => `${name} 320: ${fault}`))
  // With letters twice as large (WCAG 1.4.4).
  await page.setViewportSize({ width: 600, height: 900 })
  await enlargeText(page, '200%')
  faults.push(...(await cuts(page)).map((fault) => `${name} 200 %: ${fault}`))
  await enlargeText(page, '')
  return faults
}

function enlargeText(page: Page, size: string): Promise<void> {
  return page.evaluate((fontSize) => {
    document.documentElement.style.fontSize = fontSize
  }, size)
}

// Runs in the page: what is half faded in has half its contrast.
async function haveAppeared(): Promise<void> {
  const endless = (animation: Animation) =>
    animation.effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY
  const ending = document.getAnimations().filter((animation) => !endless(animation))
  await Promise.allSettled(ending.map(({ finished }) => finished))
}

async function judge(page: Page): Promise<string[]> {
  return [...(await misfits(page)), ...(await violations(page))]
}

/** What does not fit into the width of the page. */
async function misfits(page: Page): Promise<string[]> {
  const brand = await page.evaluate(() => document.querySelector('.brand')?.clientHeight ?? 0)
  return [...(await cuts(page)), ...(brand > 44 ? ['the name above it is in two lines'] : [])]
}

/** What nobody sees without scrolling to the side. */
function cuts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isCut = ({ scrollWidth, clientWidth }: Element) => scrollWidth > clientWidth
    return [
      ...(isCut(document.documentElement) ? ['it scrolls sideways'] : []),
      ...([...document.querySelectorAll('nav')].some(isCut) ? ['links are cut off'] : []),
    ]
  })
}

/** By every rule that axe has, those of experience too. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const { violations: found } = Object(
    await page.evaluate(
      'axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })',
    ),
  )
  return Array.from(found, (violation) => {
    const { id, nodes } = Object(violation)
    return `${id} ${nodes.map(({ target }: { target: unknown }) => String(target)).join(', ')}`
  })
}
