import { type Letter, signature } from './letter.ts'

const columns = 72

/** A letter as plain text: words are wrapped, the link is not. */
export function textOf(letter: Letter): string {
  const { before, button, link, after } = letter
  const parts = [...before, `${button}:`].map(wrapped)
  return `${[...parts, link, ...after.map(wrapped), signature(letter)].join('\n\n')}\n`
}

function wrapped(paragraph: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if ([...longer].length <= columns || line === '') line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].join('\n')
}
