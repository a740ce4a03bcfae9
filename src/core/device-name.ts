import Bowser from 'bowser'
import { BoundedMap } from './bounded-map.ts'

/** The longest name that a user may give a device, in code points. */
export const maximumDeviceNameLength = 100

/** The name of a client that sends no `User-Agent`, or an unknown one. */
const unknownDevice = 'Unknown device'

// SECURITY: for an unknown client the parser returns parts of the header as it was sent, and the name is shown to
// people. So only known names are used.
const browsers = new Set(Object.values(Bowser.BROWSER_MAP))
const systems = new Set(Object.values(Bowser.OS_MAP))

// SECURITY: parsing a header takes 0.1 ms, or 1 ms if it was made to be slow, and a list of devices has up to a
// hundred. So results are remembered.
const names = new BoundedMap<string>(2_000)

/**
 * The name that people know a client by: `Firefox on Windows`, `curl`. Browsers and systems come from a closed list;
 * any other program is named by the word before its version (RFC 9110 §10.1.5).
 */
export function deviceName(userAgent: string | null): string {
  // Bowser throws for an empty text.
  if (!userAgent) return unknownDevice
  const known = names.get(userAgent)
  if (known !== undefined) return known
  const name = parse(userAgent)
  names.set(userAgent, name)
  return name
}

function parse(userAgent: string): string {
  const { browser, os } = Bowser.parse(userAgent)
  const system = systems.has(os.name ?? '') ? ` on ${os.name}` : ''
  if (browsers.has(browser.name ?? '')) return browser.name + system
  return /^([A-Za-z][\w.-]{0,31})\//.exec(userAgent)?.[1] ?? unknownDevice
}
