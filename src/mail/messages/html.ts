/** Markup that is safe to send: values in it were escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

/** A template whose values are escaped, unless they are Html themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const parts = strings.map((text, index) => {
    const value = values[index] ?? ''
    return text + (value instanceof Html ? value.markup : escaped(value))
  })
  return new Html(parts.join(''))
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
