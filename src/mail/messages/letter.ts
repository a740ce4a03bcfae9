import type { MailColors } from './colors.ts'
import type { Words } from './words.ts'

/** A mail before it becomes text or HTML: words in single lines, and one link. */
export interface Letter extends Words {
  /** The application's name. */
  readonly site: string
  /** The application's host, for the foot of the mail. */
  readonly host: string
  /** May have a token in its fragment, which is never sent to a server or in a `Referer`. */
  readonly link: string
  readonly language: string
  readonly colors: MailColors
}

// In ASCII, like all of Latchkey's words: a mail with other characters is encoded on the way, and its source then has
// the link broken over two lines.
export function signature({ site, host }: Letter): string {
  return site === host ? host : `${site} (${host})`
}
