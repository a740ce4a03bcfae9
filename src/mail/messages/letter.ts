import type { MailColors } from './colors.ts'
import type { Words } from './words.ts'

/** A mail before it is text or HTML: words that are one line each, and the one link. */
export interface Letter extends Words {
  /** What the application is called. */
  readonly site: string
  /** Where it is: what stands at the foot of each mail. */
  readonly host: string
  /** May hold a token, in its fragment, which no server and no `Referer` ever sees. */
  readonly link: string
  readonly language: string
  readonly colors: MailColors
}

// In ASCII, as all that is ours in the text: what is not is encoded on its way, and whoever reads a mail
// as it was sent finds the link in two lines.
export function signature({ site, host }: Letter): string {
  return site === host ? host : `${site} (${host})`
}
