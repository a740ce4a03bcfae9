import Bowser from 'bowser'

/** Code points of what a user may call a device instead. */
export const maximumDeviceNameLength = 100

/** What is said of a client that says nothing of itself, or nothing that is known. */
const unknownDevice = 'Unknown device'

// SECURITY: of what it does not know, the parser gives back pieces as they were sent; a name is
// shown to people.
const browsers = new Set(Object.values(Bowser.BROWSER_MAP))
const systems = new Set(Object.values(Bowser.OS_MAP))

/**
 * What people call the client behind a `User-Agent`: `Firefox on Windows`, `curl`. Names of a closed
 * list, and of programs the one word before their version (RFC 9110 §10.1.5).
 */
export function deviceName(userAgent: string | null): string {
  // The parser throws for an empty text.
  if (!userAgent) return unknownDevice
  const { browser, os } = Bowser.parse(userAgent)
  const system = systems.has(os.name ?? '') ? ` on ${os.name}` : ''
  if (browsers.has(browser.name ?? '')) return browser.name + system
  return /^([A-Za-z][\w.-]{0,31})\//.exec(userAgent)?.[1] ?? unknownDevice
}
