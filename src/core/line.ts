/** Whether a text can stand in one line: no control character, no line break, no half of a character. */
export function isLine(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
}
