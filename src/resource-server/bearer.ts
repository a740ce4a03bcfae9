/** What an `Authorization` header says: a scheme of others counts as no credential. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }

/** The scheme in any case (RFC 9110 §11.1); whether what follows is a token is for others to say. */
export function parseBearer(header: string): Credential {
  if (!/^bearer(?: |$)/i.test(header)) return { kind: 'none' }
  return { kind: 'token', token: header.slice('Bearer'.length).replace(/^ +/, '') }
}
