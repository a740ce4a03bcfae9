/** The credential of an `Authorization` header; another scheme counts as none. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }

/** Accepts the scheme in any case (RFC 9110 §11.1); does not judge whether a token follows. */
export function parseBearer(header: string): Credential {
  if (!/^bearer(?: |$)/i.test(header)) return { kind: 'none' }
  return { kind: 'token', token: header.slice('Bearer'.length).replace(/^ +/, '') }
}
