/**
 * Whether a text is one safe line: it has no control character, line break or lone surrogate, and nothing that changes
 * the direction of the text after it (Unicode Standard Annex #9 §2.1 to §2.5).
 */
export function isLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text)
}

/** Whether a text can be a name that a user gives: one line, not blank, of at most `maximumLength` code points. */
export function isName(text: string, maximumLength: number): boolean {
  return text.trim() !== '' && [...text].length <= maximumLength && isLine(text)
}
