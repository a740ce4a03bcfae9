// What somebody in front of a browser does, and sees.
import type { Locator, Page } from 'playwright-core'
import { ann } from '../harness.ts'

/** Fills in fields by their labels. */
export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await field(page, label).fill(text)
}

/** The field of a label: of several, as of a page below a dialog, the last that is seen. */
export function field(page: Page, label: string): Locator {
  const fields = page
    .getByLabel(label, { exact: true })
    .and(page.locator('input, textarea, select'))
  return fields.filter({ visible: true }).last()
}

/** Presses a button: of several, as of a page below a dialog, the last. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).last().click()
}

export async function follow(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).first().click()
}

/** Waits until the page of this title is there. */
export async function sees(page: Page, title: string): Promise<void> {
  // Tabs that nobody looks at are not drawn.
  await page.bringToFront()
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
}

/** Waits for a text, wherever it stands. */
export async function reads(page: Page, text: string): Promise<void> {
  await page.bringToFront()
  await page.getByText(text).first().waitFor()
}

/** Waits for what is said aloud, and answers it. */
export async function hears(page: Page, text: string | RegExp): Promise<string> {
  const said = page.getByRole('alert').filter({ hasText: text }).first()
  await said.waitFor()
  return said.innerText()
}

/** What is wrong with a field, as its description begins. */
export async function problemOf(page: Page, label: string): Promise<string> {
  const invalid = field(page, label).and(page.locator('[aria-invalid="true"]'))
  await invalid.waitFor()
  const ids = ((await invalid.getAttribute('aria-describedby')) ?? '').split(' ')
  const described = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()))
  return described[0] ?? ''
}

/** What has the focus: its label, or its text. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document
    const [label] = activeElement instanceof HTMLInputElement ? (activeElement.labels ?? []) : []
    return (label ?? activeElement)?.textContent?.trim() ?? ''
  })
}

export async function logIn(page: Page, person = ann): Promise<void> {
  await fill(page, { 'Email address': person.email_address, Password: person.password })
  await press(page, 'Log in')
}

export async function logOut(page: Page): Promise<void> {
  await press(page, 'Log out')
}

/** All that the page keeps. */
export function kept(page: Page): Promise<{ local: string[]; session: number; cookie: string }> {
  return page.evaluate(() => ({
    local: Object.keys(localStorage).sort(),
    session: sessionStorage.length,
    cookie: document.cookie,
  }))
}
