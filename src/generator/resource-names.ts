import { isReservedForSqlite, isReservedResource } from './reserved.ts'

/** The name of a resource, in each form that its code needs. */
export interface ResourceNames {
  /** `line_items`: in the table, the path, the scopes, and for the list in an answer. */
  readonly plural: string
  /** `line_item`: for a single one in an answer. */
  readonly singular: string
  /** `line-items`: the files. */
  readonly file: string
  /** `lineItems`: the function. */
  readonly camel: string
  /** `LineItem`: the type. */
  readonly type: string
  /** `line items` and `a line item`: the sentences. */
  readonly words: { readonly plural: string; readonly singular: string; readonly one: string }
}

/**
 * Parses a name: the plural, or the singular if its plural is clear. A returned text says what is wrong with it.
 *
 * @param options.singular the singular, or null to derive it from the name
 */
export function parseResourceNames(
  name: string,
  options: { readonly singular: string | null },
): ResourceNames | string {
  const given = toSnake(name)
  if (!isName(given)) {
    return `'${name}' is no name of a resource: at most ${maximumName} letters and digits, such as line_items`
  }
  const plural = options.singular === null && isSingular(given) ? pluralOf(given) : given
  const singular = options.singular === null ? singularOf(plural) : toSnake(options.singular)
  if (singular === null || singular === plural) {
    return `NAME is in the plural, such as notes, and ${plural} is none: --singular says what one of them is called`
  }
  if (!isName(plural)) return `'${name}' is too long: at most ${maximumName} letters and digits`
  if (!isName(singular)) return `--singular '${options.singular}' is no name such as line_item`
  if (isReservedForSqlite(plural)) {
    return `${plural} begins with sqlite_, as only tables of SQLite's own may: take another name`
  }
  if (isReservedResource({ plural, singular })) {
    return `${plural} has another meaning in the database or in the code: take another name`
  }
  const words = { plural: plural.replaceAll('_', ' '), singular: singular.replaceAll('_', ' ') }
  return {
    plural,
    singular,
    file: plural.replaceAll('_', '-'),
    camel: toCamel(plural),
    type: toCamel(`_${singular}`),
    words: { ...words, one: `${articleOf(words.singular)} ${words.singular}` },
  }
}

// With a longer name the lines of the generated code would be too long.
const maximumName = 30

function isName(name: string): boolean {
  return /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(name) && name.length <= maximumName
}

function toSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
}

function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
}

// As in Rails, what does not end in s is singular, except words that are both, or plural already.
function isSingular(name: string): boolean {
  return !/s$|(^|_)(people|children|men|women|feet|teeth|mice|geese|sheep|fish|deer|media|data|criteria|staff|feedback|equipment|information|money)$/.test(
    name,
  )
}

function pluralOf(singular: string): string {
  if (/(^|_)(person|child|man|woman|foot|tooth|mouse|goose|criterion|medium|datum)$/.test(singular))
    return singular
  if (/[^aeiou_]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return /(sh|ch|x|z)$/.test(singular) ? `${singular}es` : `${singular}s`
}

// Regular forms, and the common irregular ones; `--singular` is for all others.
function singularOf(plural: string): string | null {
  // The rules below would make "new", "sery" and "note_" of these.
  if (/(^|_)(news|series|species|s)$/.test(plural)) return null
  if (/(^|_)(cookie|movie|calorie|zombie|tie|pie|lie|die)s$/.test(plural))
    return plural.slice(0, -1)
  if (/[^aeiou_]ies$/.test(plural)) return `${plural.slice(0, -3)}y`
  if (/(caches|headaches|[aeo]uses|axes)$/.test(plural)) return plural.slice(0, -1)
  if (/(ss|sh|ch|x|zz|us)es$/.test(plural)) return plural.slice(0, -2)
  if (/[^s]s$/.test(plural)) return plural.slice(0, -1)
  return null
}

function articleOf(words: string): 'a' | 'an' {
  if (/^(uni|use|usa|eu|one)/.test(words)) return 'a'
  return /^([aeiou]|hour|heir|honor)/.test(words) ? 'an' : 'a'
}
