/** A way in which Latchkey differs: what Rails does, and what we do and why. */
export interface Difference {
  readonly rails: string
  readonly latchkey: string
}

/** Every reason that a row may name. The guide for those who come from Rails shows these texts. */
export const differences = {
  // Who signs up
  'no-password-digest': {
    rails: 'The user in the answer to a sign-up has its `password_digest`.',
    latchkey:
      'Never: the members of a user are named one by one. A hash that leaves can be guessed at elsewhere, without limits.',
  },
  'email-verified': {
    rails: 'A user has no such member.',
    latchkey: '`email_verified` says whether the user ever proved to read the mail of the address.',
  },
  'address-must-be-valid': {
    rails:
      'Any text is taken as an address: empty, without `@`, 300 characters, markup, control characters.',
    latchkey:
      '422 `invalid` or `blank`. A reset goes to this address, so it has to be one, of 254 bytes at most. White space and NUL around it are removed as in Rails.',
  },
  'address-taken-is-said': {
    rails: 'The message is “There was a problem creating your account”.',
    latchkey:
      '“Email address has already been taken”, code `taken`. The status tells as much, and people need the reason.',
  },
  'password-length': {
    rails: 'One character is enough, as are three spaces.',
    latchkey:
      '8 to 256 code points, at sign-up and at reset; 422 `too_short` or `too_long`. Eight is the least that ASVS 5.0 lets pass (6.2.1).',
  },
  'no-limit-of-72-bytes': {
    rails: 'More than 72 bytes are “too long”, because bcrypt reads no further.',
    latchkey: 'argon2id reads all of them. The limit is 256 code points, and nothing is cut off.',
  },
  'whole-password-counts': {
    rails: 'Log-in does not look at the length: the 72 right bytes and anything after them let in.',
    latchkey: '401. Each character counts.',
  },
  'nul-is-a-character': {
    rails: 'A NUL in a password is a 500, because bcrypt cannot take one.',
    latchkey: 'A character like others: too few of them are a 422, a wrong password is a 401.',
  },

  // What is read
  'missing-fields': {
    rails:
      'A missing address or password is a 500 at log-in, a missing or null address also at sign-up; at log-in null is a 401, and a reset of nobody is a 200.',
    latchkey:
      '422 with `blank` on each field that is missing or null: a fault of the client is no fault of the server.',
  },
  'text-must-be-text': {
    rails:
      'Numbers and booleans become text (`true` becomes `t`) or a 500; arrays and objects are dropped as if they were missing, become a 500, or ask for several users.',
    latchkey: '422 `invalid_type`. Nothing is guessed from another type.',
  },
  'names-are-flat': {
    rails: '`email_address[]=` and `email_address[a]=` in a form make an array and an object.',
    latchkey:
      'A name is a name: these are fields that nobody asked for, and the address is missing.',
  },
  'body-is-an-object': {
    rails: 'A JSON array, text or null counts as a body without fields.',
    latchkey: '400 `invalid_request`: nothing in it can be read.',
  },
  'content-types': {
    rails:
      'Multipart and `text/x-json` are read; a body of an unknown or no content type is ignored in silence.',
    latchkey:
      '415 for all but `application/json` and forms, so that nobody searches for lost fields.',
  },
  'body-size': {
    rails: 'A megabyte is read and parsed.',
    latchkey: '413 above 64 KiB, from the announced length if there is one.',
  },
  'json-depth': {
    rails: 'More than 100 levels of JSON are a 400.',
    latchkey:
      'The size is the limit. What is deep and not asked for is ignored as any other field.',
  },
  'query-is-not-read': {
    rails: 'The query counts as the body does, and wins over it; a bad escape in it is a 400.',
    latchkey:
      'Only the routes that list something read it. Addresses with passwords in them end in logs and histories.',
  },

  // Tokens
  'scheme-in-any-case': {
    rails: '`bearer`, `BEARER` and `token` are a 401 up to 8.1.',
    latchkey: 'They are schemes as good as `Bearer` and `Token` (RFC 9110 §11.1).',
  },
  'one-authorization-header': {
    rails: 'Of two headers the first counts, because Puma joins them with a comma.',
    latchkey:
      '400 `invalid_request`. A proxy might have checked the other one; RFC 6750 §3.1 calls it an invalid request.',
  },
  'bytes-in-a-token': {
    rails: 'A token that is not ASCII is a 500 before anybody was let in.',
    latchkey: '401 `invalid_token`, as for any other that is none.',
  },
  'session-can-be-read': {
    rails: '`GET /v1/session` is a 404: the route has no action.',
    latchkey: 'It answers who the token belongs to, and without one 401. So does HEAD.',
  },
  'proxies-are-named': {
    rails:
      'Whoever connects from a private address is believed what it says in `X-Forwarded-For`; if `Client-IP` disagrees, that is a 500.',
    latchkey:
      'Only proxies in `TRUSTED_PROXIES` are believed; without any the address is the peer’s. `Client-IP` is not read.',
  },
  'new-devices-are-told': {
    rails: 'Nobody hears of a log-in.',
    latchkey:
      'A log-in from a kind of device that the user was not seen on before is told by mail.',
  },
  'user-agent-is-cut': {
    rails: 'The session keeps a user agent of 5,000 characters.',
    latchkey: 'The first 1,024 characters are kept: enough to know a device by.',
  },

  // Refusals
  'code-and-request-id': {
    rails: 'A refusal has a message.',
    latchkey:
      'Also `code`, which programs can compare and which stays, and `request_id`, under which the log has it.',
  },
  'field-details': {
    rails: 'Messages are sentences in a list.',
    latchkey: 'The same list, and `details` with `field`, `code` and `message` of each.',
  },
  'one-error-shape': {
    rails:
      'A 400 or 404 of the framework is `{"status", "error"}` to `Accept: application/json`, XML to XML, empty to everybody else.',
    latchkey:
      'JSON with `error`, `code` and `request_id` to everybody, as for every other refusal; the status stands in the status line.',
  },
  'method-not-allowed': {
    rails: 'Another method on a known path is a 404; one that Puma does not know is a 501.',
    latchkey: '405 with the methods that there are in `Allow` (RFC 9110 §15.5.6).',
  },

  // Paths and what is there
  'exact-paths': {
    rails:
      'A slash at the end, two slashes and any extension (`.json`, `.zzz`) lead to the same action.',
    latchkey:
      '404: one address for one thing. A link’s token with `.json` behind it is a dead link.',
  },
  'encoded-paths': {
    rails: '`/v1/%70rojects` is a 404.',
    latchkey: 'It is `/v1/projects`, as RFC 3986 §6.2.2.2 has it.',
  },
  'always-json': {
    rails: 'An `Accept` that cannot be read is a 406.',
    latchkey: '`Accept` is not read. There is JSON, and nothing to choose from.',
  },
  'no-etag': {
    rails: 'An ETag of the list that comes back in `If-None-Match` is answered with 304.',
    latchkey: 'Answers are `no-store` and have no ETag: a private list belongs in no cache.',
  },
  'projects-can-be-made': {
    rails: 'There is only the list.',
    latchkey:
      '`POST /v1/projects` creates one: the template shows a whole resource, with reading, changing and deleting.',
  },
  'projects-without-user-id': {
    rails: 'A project has its `user_id`.',
    latchkey: 'Not shown: whoever sees a project owns it.',
  },
  'projects-have-titles': {
    rails: 'A title may be null.',
    latchkey: 'It has 1 to 200 code points. The third project of the fixture has one here.',
  },
  'lists-have-pages': {
    rails: 'The list has all projects at once.',
    latchkey: '50 unless `limit` says otherwise, 100 at most; `next_cursor` leads on, or is null.',
  },
  'root-answers': {
    rails: '`GET /` is a 404.',
    latchkey: 'It names the API and where it is described, in JSON, whatever `Accept` says.',
  },
  'health-elsewhere': {
    rails: '`GET /up` is a green page.',
    latchkey:
      '404. `GET /health/live` says whether the process answers, `GET /health/ready` whether the database does.',
  },
  'no-files': {
    rails: '`public/robots.txt` is served.',
    latchkey: '404. An API has no folder of files; `GET /` says what this is.',
  },
  'host-is-required': {
    rails: 'HTTP/1.1 without `Host` is served.',
    latchkey: '400, as RFC 9112 §3.2 demands.',
  },
  'node-answers-first': {
    rails: 'Puma answers a header of 90 kB with 400, a method that nobody knows with 501.',
    latchkey: 'Node answers them with a bare 431 and 400, before any code of ours.',
  },

  // Other origins
  'preflight-is-204': {
    rails: 'A preflight is a 200 without a body.',
    latchkey: 'A 204. To a browser both are the same.',
  },
  'exact-origins': {
    rails: 'The origin `localhost:3001` means `http` and `https`.',
    latchkey: 'Origins are listed as browsers send them, scheme included.',
  },
  'preflight-names-methods': {
    rails: 'A preflight for a method that is not allowed gets none of the headers.',
    latchkey:
      'It gets the list of methods, in which this one is missing: the browser stops there as well.',
  },
  'preflight-on-known-paths': {
    rails: 'Every path has an answer to a preflight.',
    latchkey:
      'An unknown path is a 404 to a preflight too. A page of another origin sees an error of the network there, and not the 404.',
  },

  // Forgotten passwords
  'reset-needs-a-password': {
    rails:
      'Without a password, or with an empty one, the answer is “Password has been reset.”: every session ends, the password stays, the link goes on working.',
    latchkey: '422 `blank`. Nothing has changed, and the link is still good.',
  },
  'reset-proves-the-address': {
    rails: 'Nothing is known of who reads the mail.',
    latchkey:
      'Whoever has the token from the mail has proved the address: `email_verified` is true.',
  },
  'reset-is-announced': {
    rails: 'Nobody is told.',
    latchkey: 'A mail “Your password was changed” goes to the owner.',
  },
  'token-in-the-body': {
    rails: '`PUT /v1/passwords` is a 404: the token belongs in the path.',
    latchkey:
      'The token may be in the body, which no proxy logs; the front end sends it there. The path works as well.',
  },
  'link-of-a-deleted-user': {
    rails: 'The link of a user who is gone is a 404.',
    latchkey: '401, as for every other dead link. That there was a user is nobody’s business.',
  },
} as const satisfies Record<string, Difference>

export type DifferenceName = keyof typeof differences
