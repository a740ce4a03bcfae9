import { isLine } from '../../core/line.ts'
import type { Sender } from '../../core/mail.ts'
import { type MailColors, ownColors, requireReadable } from './colors.ts'
import { english } from './english.ts'
import type { Letter } from './letter.ts'
import { pageOf } from './page.ts'
import { textOf } from './text.ts'
import type { MailKind, MailValues, OwnWords, Words } from './words.ts'

/** The name, the look and the words of an application's mails. */
export interface MailOptions {
  /** The application's name. Default: the name of the sender, or else the host of `appUrl`. */
  readonly name?: string
  /** The language of the words, for screen readers. Default: `en`. */
  readonly language?: string
  readonly colors?: MailColors
  readonly words?: OwnWords
}

/** The content of a mail, as text and as HTML. */
export interface Content {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Writes mails. */
export interface Writer {
  /** @param link the target of the button: a link with a token, or the front end */
  write<Kind extends MailKind>(kind: Kind, values: MailValues[Kind], link: string): Content
}

/** @throws RangeError for a name that is not one line, and for colours with too little contrast */
export function createWriter(
  { name, language = 'en', colors = ownColors, words: own = {} }: MailOptions,
  { from, appUrl }: { readonly from: Sender; readonly appUrl: string },
): Writer {
  const { host } = new URL(appUrl)
  const site = name ?? from.name ?? host
  if (site.trim() === '' || !isLine(site))
    throw new RangeError(`“${site}” is not a name of one line`)
  requireReadable(colors)
  return {
    write(kind, values, link) {
      const said = { ...values, site }
      const words = inLines({ ...english[kind](said), ...own[kind]?.(said) })
      const letter: Letter = { ...words, site, host, link, language, colors }
      return { subject: words.subject, text: textOf(letter), html: pageOf(letter) }
    },
  }
}

function inLines({ subject, before, button, after }: Words): Words {
  return {
    subject: inLine(subject),
    before: before.map(inLine),
    button: inLine(button),
    after: after.map(inLine),
  }
}

// SECURITY: the subject is written into a header, in which a line break would begin another header.
function inLine(words: string): string {
  return words.replace(/[ \p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
