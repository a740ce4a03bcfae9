import type { EmailAddress } from '../email-address.ts'

/** Shorter words occur in too many passwords by chance. */
export const minimumWordLength = 3

/**
 * The words that an attacker who knows an address tries first: the whole address, the local part and its parts, the
 * domain, and its labels except the last (ASVS 6.1.2).
 */
export function wordsOf(emailAddress: EmailAddress): string[] {
  const [local = '', domain = ''] = emailAddress.split('@')
  return [
    emailAddress,
    local,
    ...local.split(partBorder),
    domain,
    ...domain.split('.').slice(0, -1),
  ]
}

const partBorder = /[^\p{L}\p{M}\p{N}]+/u

/**
 * Whether a password consists of such words, in any number and case, and of nothing else but digits and punctuation.
 * Such a word among others is allowed (ASVS 6.2.11).
 */
export function isMadeOf(words: readonly string[], password: string): boolean {
  const folded = fold(password)
  const longestFirst = words.map(fold).sort((one, other) => other.length - one.length)
  const rest = longestFirst.reduce(
    // Replaced by a space: otherwise the text around the word could form another one.
    (text, word) => (word.length < minimumWordLength ? text : text.replaceAll(word, ' ')),
    folded,
  )
  return rest !== folded && filling.test(rest)
}

// Symbols, except \p{So}: a row of emoji is as good as words.
const filling = /^[\p{N}\p{P}\p{Sc}\p{Sk}\p{Sm}\s]*$/u

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
