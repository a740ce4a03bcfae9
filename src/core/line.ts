/** Whether a text can stand in one line: no control character, no line break, no half of a character. */
export function isLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
}

/** Whether it can be what a user calls something: a line that is not blank, of so many code points. */
export function isName(text: string, maximumLength: number): boolean {
  return text.trim() !== '' && [...text].length <= maximumLength && isLine(text)
}
