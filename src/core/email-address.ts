import { domainToASCII, domainToUnicode } from 'node:url'

declare const parsed: unique symbol

/** An address in the one spelling in which it is stored and compared. Only `parseEmailAddress` makes one. */
export type EmailAddress = string & { readonly [parsed]: true }

const maximumBytes = 254
const maximumLocalBytes = 64

// The unquoted local part of RFC 5322 §3.2.3, with the letters of RFC 6531: no dot at either end, nor two in a row.
const atom = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
const localPart = new RegExp(`^${atom}(?:\\.${atom})*$`, 'u')
const label = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u

/**
 * Reads an address as Rails' `normalizes :email_address` does (strip, lower-case), and refuses what
 * is not exactly one address: quoted local parts, lists, controls, IP literals, a domain of one
 * label, more than 64 bytes before the @ or 254 in all (RFC 5321 §4.5.3.1).
 *
 * All spellings of an address become one: letters are composed (NFC, RFC 6532 §3.1), and an international domain is
 * written in the letters that it is mapped to (UTS #46), not in Punycode, which browsers send and other programs do
 * not.
 *
 * @returns null if the text is not an address
 */
export function parseEmailAddress(text: string): EmailAddress | null {
  // SECURITY: checked before any pattern is applied: stripping a text with 64 kB of inner spaces would take seconds.
  if (text.length > 4 * maximumBytes) return null
  const stripped = strip(text)
  if (stripped.length > maximumBytes || foldsIntoAscii(stripped)) return null
  const address = stripped.toLowerCase().normalize('NFC')
  const [local = '', domain = '', ...more] = address.split('@')
  const fits = byteLength(address) <= maximumBytes && byteLength(local) <= maximumLocalBytes
  if (more.length > 0 || !fits || !localPart.test(local) || !isDomain(domain)) return null
  return isPlain(domain) ? (address as EmailAddress) : inItsLetters(local, domain)
}

// With the domain that mails go to, in its own letters; in Punycode if those are no valid domain.
function inItsLetters(local: string, domain: string): EmailAddress | null {
  const letters = domainToUnicode(domain)
  const isKept = isDomain(letters) && letters === letters.normalize('NFC')
  const inLetters = `${local}@${letters}`
  if (isKept && byteLength(inLetters) <= maximumBytes) return inLetters as EmailAddress
  const ascii = domainToASCII(domain)
  const inAscii = `${local}@${ascii}`
  return isDomain(ascii) && byteLength(inAscii) <= maximumBytes ? (inAscii as EmailAddress) : null
}

// Ruby's String#strip: ASCII white space and NUL, nothing else.
function strip(text: string): string {
  return text.replace(/^[\0\t-\r ]+|[\0\t-\r ]+$/g, '')
}

// SECURITY: the Kelvin sign lower-cases to an ASCII k and İ to i plus a mark, and the Greek varia is composed
// into a grave accent; folded in, a look-alike would become somebody else's address (CVE-2019-19844).
function foldsIntoAscii(text: string): boolean {
  return /[\0-\x7f]/.test(
    text
      .replace(/[\0-\x7f]+/g, '')
      .toLowerCase()
      .normalize('NFC'),
  )
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  const top = labels.at(-1) ?? ''
  const isShaped = labels.length > 1 && labels.every((part) => label.test(part))
  return isShaped && !/^\p{N}+$/u.test(top) && (isPlain(domain) || isItsOwnHost(domain))
}

// A domain that a URL would not change: ASCII letters, digits and hyphens, a last label of letters, and no Punycode.
// Nearly all domains are like that, and parsing each as a URL would be a good part of the work of an import.
function isPlain(domain: string): boolean {
  return /^[a-z\d.-]+\.[a-z]+$/.test(domain) && !domain.includes('xn--')
}

// SECURITY: a mail to a domain with full-width letters or an invisible mark goes to the host that the domain is
// mapped to (UTS #46), which may be another one; and `0x7f.0x1` is an IP address.
function isItsOwnHost(domain: string): boolean {
  const mapped = URL.parse(`http://${domain}`)?.hostname.split('.') ?? []
  const labels = domain.split('.')
  return labels.every((label, index) => {
    const isAscii = !/[^\0-\x7f]/.test(label)
    return isAscii ? mapped[index] === label : mapped[index]?.startsWith('xn--') === true
  })
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
