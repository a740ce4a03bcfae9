/** What a message says: the text for every reader, the HTML for those that show it. */
export interface Content {
  readonly subject: string
  readonly text: string
  readonly html: string
}
