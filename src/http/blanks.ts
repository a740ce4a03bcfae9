/**
 * A text without spaces and tabs around it (RFC 9110 §5.6.3).
 *
 * SECURITY: only these two, as browsers do. `trim()` would also strip a no-break or a wide space, which is part of a
 * wrong token, or of the name of a cookie without the prefix `__Host-`, which any host may set.
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
