import Bowser from 'bowser'
import { BoundedMap } from './bounded-map.ts'

/** The longest name that a user may give a device, in code points. */
export const maximumDeviceNameLength = 100

/** The name of a client that sends no `User-Agent`, or an unknown one. */
const unknownDevice = 'Unknown device'

// SECURITY: of a client that it does not know, the parser returns pieces of the header as sent; a
// name is shown to people.
const browsers = new Set(Object.values(Bowser.BROWSER_MAP))
const systems = new Set(Object.values(Bowser.OS_MAP))

// SECURITY: to parse one takes a tenth of a millisecond, or a whole one where its sender means harm, and a list of
// devices has a hundred. Beyond so many, the one that was parsed first is parsed anew.
const names = new BoundedMap<string>(2_000)

/**
 * What people call the client behind a `User-Agent`: `Firefox on Windows`, `curl`. Names of a closed
 * list, and of programs the one word before their version (RFC 9110 §10.1.5).
 */
export function deviceName(userAgent: string | null): string {
  // The parser throws for an empty text.
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
