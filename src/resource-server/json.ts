// SECURITY: invalid UTF-8 is refused instead of replaced, and a byte order mark counts as content.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The members of a JSON object, by name: a map, so that nothing is read from a prototype.
 *
 * @returns null if it is not an object, or a name occurs twice, since another reader could use the other value
 */
export function parseObject(bytes: Uint8Array): ReadonlyMap<string, unknown> | null {
  const parsed = parse(bytes)
  if (!parsed) return null
  const { text, value } = parsed
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  // The parser keeps one of several equal names, so the value has fewer than the text.
  return countNames(text) === countNames(JSON.stringify(value))
    ? new Map(Object.entries(value))
    : null
}

function parse(bytes: Uint8Array): { text: string; value: unknown } | null {
  try {
    const text = utf8.decode(bytes)
    return { text, value: JSON.parse(text) }
  } catch {
    return null
  }
}

// In valid JSON, a string followed by a colon is a name, at any depth.
function countNames(json: string): number {
  const strings = json.matchAll(/"(?:[^"\\]|\\.)*"([ \t\n\r]*:)?/g)
  return [...strings].filter(([, colon]) => colon !== undefined).length
}
