/**
 * A text without spaces and tabs around it (RFC 9110 §5.6.3).
 *
 * SECURITY: only spaces and tabs, as in browsers. `trim()` would also strip a no-break space: then a cookie that any
 * host can set, because its name does not begin with `__Host-`, would be read as ours.
 */
export function stripBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
