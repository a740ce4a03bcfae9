/**
 * Whether a text can stand in one line: no control character, no line break, no half of a character, and
 * nothing that turns the direction of what stands behind it (Unicode Standard Annex #9 §2.1 to §2.5).
 */
export function isLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text)
}

/** Whether it can be what a user calls something: a line that is not blank, of so many code points. */
export function isName(text: string, maximumLength: number): boolean {
  return text.trim() !== '' && [...text].length <= maximumLength && isLine(text)
}
