/**
 * Whether a text can stand in one line: no control character, no line break, no lone surrogate, and nothing that
 * changes the direction of the text behind it (Unicode Standard Annex #9 §2.1 to §2.5).
 */
export function isLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text)
}

/** Whether a text can be a name that a user gives: a line that is not blank, of at most so many code points. */
export function isName(text: string, maximumLength: number): boolean {
  return text.trim() !== '' && [...text].length <= maximumLength && isLine(text)
}
