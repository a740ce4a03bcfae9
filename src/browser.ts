// What a bundler for browsers finds instead of the server's code.
throw new Error(
  'latchkey/server, /sqlite, /postgres, /smtp, /hono, /fastify, /express and /testing run on a server; a page talks to it over HTTP',
)
