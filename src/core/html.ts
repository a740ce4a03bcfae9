/** Markup that is safe to show: values in it are escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

type Value = string | Html | readonly Html[]

/** A template whose values are escaped, unless they are Html themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((text, index) => text + markupOf(values[index] ?? ''))
  return new Html(parts.join(''))
}

function markupOf(value: Value): string {
  if (typeof value === 'string') return escaped(value)
  return value instanceof Html ? value.markup : value.map(({ markup }) => markup).join('')
}

// Enough inside an element and inside a quoted attribute; values belong nowhere else.
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
