import { expect, test } from 'vitest'
import { developmentScripts } from './development.ts'

const made = (scripts: Readonly<Record<string, string>>) =>
  developmentScripts({ framework: 'fastify', manifest: { scripts } })

test.each([
  ['node server.js', 'node server.js --dev'],
  ['tsc && node --watch dist/server.js', 'tsc && node --watch dist/server.js --dev'],
  ['nodemon -e ts src/server.ts', 'nodemon -e ts src/server.ts --dev'],
  [
    'fastify start -w -l info -P app.js',
    'fastify start --ignore-watch=storage -w -l info -P app.js -- --dev',
  ],
  [
    'fastify start --ignore-watch=.ts$ -w dist/app.js',
    'fastify start --ignore-watch=".ts$ storage" -w dist/app.js -- --dev',
  ],
  ['fastify start app.js -- --verbose', 'fastify start app.js -- --verbose --dev'],
])('the script dev %s becomes %s', (dev, expected) => {
  expect(made({ dev, start: 'node other.js' })).toEqual({ dev: expected })
})

test('fastify-cli starts a script of its own beside the compiler: that one asks', () => {
  const dev = 'tsc && concurrently -k "npm:watch:ts" "npm:dev:start"'
  const scripts = { dev, 'dev:start': 'fastify start dist/app.js' }
  expect(made(scripts)).toEqual({ 'dev:start': 'fastify start dist/app.js -- --dev' })
})

test.each([
  ['node ./bin/www', 'node --watch ./bin/www --dev'],
  ['npm run build && node dist/server.js', 'npm run build && node --watch dist/server.js --dev'],
  ['node --watch server.js', 'node --watch server.js --dev'],
  ['tsx src/server.ts', 'tsx watch src/server.ts --dev'],
  ['fastify start app.js', 'fastify start --ignore-watch=storage -w app.js -- --dev'],
])('without one it is made from the start %s, and begins anew at a change', (start, expected) => {
  expect(made({ start })).toEqual({ dev: expected })
})

test.each(['concurrently "npm:watch" "npm:serve"', 'node server.js | pino-pretty', 'vite'])(
  '%s is left as it is: what starts the server is not clear',
  (line) => {
    expect(made({ dev: line })).toEqual({})
    expect(made({ start: line })).toEqual({})
  },
)
