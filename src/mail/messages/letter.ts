import type { MailColors } from './colors.ts'
import type { Words } from './words.ts'

/** A mail before it becomes text or HTML: words of one line each, and the one link. */
export interface Letter extends Words {
  /** The application's name. */
  readonly site: string
  /** The application's host, which stands at the foot of each mail. */
  readonly host: string
  /** May have a token in its fragment, which no server and no `Referer` ever sees. */
  readonly link: string
  readonly language: string
  readonly colors: MailColors
}

// In ASCII, as all our text: other characters are encoded on the way, and whoever reads a mail as
// it was sent finds the link broken over two lines.
export function signature({ site, host }: Letter): string {
  return site === host ? host : `${site} (${host})`
}
