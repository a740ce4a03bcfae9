// The documents about security and the tests agree, both ways: what a row says is shown by tests that
// there are, and a test about security is named by a row.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const pages = ['SECURITY.md', 'docs/security.md', ...globSync('docs/security/*.md')]
const page = (path: string) => readFileSync(path, 'utf8')

/** How many rows each section of the checklist has. */
const sections = {
  ...{ PWD: 18, LGN: 15, REG: 10, RST: 17, TOK: 28, PAT: 9, CSR: 15 },
  ...{ JWT: 14, API: 22, OAU: 5, MFA: 6, OBX: 10, LOG: 6, CFG: 9 },
}
const ids = Object.entries(sections).flatMap(([prefix, count]) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`),
)

const states = ['met', 'partly', 'deviation', 'planned', 'not applicable']

/** A row: its id, its state, what is asked, the reason, and the tests. */
const rows = page('docs/security/checklist.md')
  .split(/^### (?=[A-Z]{3}-\d\d$)/m)
  .slice(1)
  .map((row) => {
    const [entry = ''] = row.split(/^## /m)
    const [id = '', head = '', ...rest] = entry.trim().split('\n\n')
    const [, state = ''] = /^`([a-z ]+)` · \S/.exec(head) ?? []
    const isTests = (part: string) => part.startsWith('- `')
    return { id, state, reason: rest.filter((part) => !isTests(part)), tests: namedIn(entry) }
  })

/** `file › title`, wherever a page names a test. */
function namedIn(text: string): (readonly [string, string])[] {
  return [...text.matchAll(/^- `(\S+\.ts)` › (.+)$/gm)].map(([, file = '', title = '']) => {
    return [file, title] as const
  })
}

/** The titles of a file, as they stand there: those of `test.each` with their placeholders. */
function titlesOf(file: string): string[] {
  const calls = /(?:\btest\(|\)\()\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g
  return [...page(file).matchAll(calls)].map(([, , title = '']) => title.replace(/\\(.)/g, '$1'))
}

test('every row of the checklist is there, once and in order', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids)
})

test('a row that is met names a test, and every other gives its reason', () => {
  for (const { id, state, reason, tests } of rows) {
    expect([id, states.includes(state)]).toEqual([id, true])
    const isShown = state === 'met' || state === 'partly'
    expect([id, !isShown || tests.length > 0]).toEqual([id, true])
    expect([id, state === 'met' || reason.length > 0]).toEqual([id, true])
    // What is not there cannot be shown.
    const isAbsent = state === 'planned' || state === 'not applicable'
    expect([id, !isAbsent || tests.length === 0]).toEqual([id, true])
  }
})

test('every test that is named is in its file, under that title', () => {
  const named = pages.flatMap((path) => namedIn(page(path)))
  expect(named.length).toBeGreaterThan(300)
  const titles = new Map<string, readonly string[]>()
  for (const [file, title] of named) {
    const known = titles.get(file) ?? titlesOf(file)
    titles.set(file, known)
    expect([file, title, known.includes(title)]).toEqual([file, title, true])
  }
})

test('what looks like the name of a test is one', () => {
  for (const path of pages) {
    const lines = page(path).split('\n')
    const meant = lines.filter((line) => line.includes(' › ') || /^- `\S+\.ts`/.test(line))
    expect([path, namedIn(meant.join('\n')).length]).toEqual([path, meant.length])
  }
})

/** What is no security of the server's: speed, upgrades, words, the like. */
const elsewhere = [
  'test/benchmarks-growth.test.ts',
  'test/benchmarks.test.ts',
  'test/browser/activity.test.ts',
  'test/browser/chromium.test.ts',
  'test/browser/code.test.ts',
  'test/browser/keyboard.test.ts',
  'test/browser/late-answers.test.ts',
  'test/browser/look.test.ts',
  'test/browser/lost-answers.test.ts',
  'test/browser/mails.test.ts',
  'test/browser/project-form.test.ts',
  'test/browser/projects.test.ts',
  'test/browser/stillness.test.ts',
  'test/browser/times.test.ts',
  'test/cli/backup-command.test.ts',
  'test/cli/doctor.test.ts',
  'test/cli/latchkey-command-postgres.test.ts',
  'test/cli/latchkey-command-sqlite.test.ts',
  'test/cli/migrate-command.test.ts',
  'test/cli/restore-command.test.ts',
  'test/cli/serve-command.test.ts',
  'test/cli/stop.test.ts',
  'test/client/bundles.test.ts',
  'test/client/client-cookie.test.ts',
  'test/client/client-session.test.ts',
  'test/client/client-wire.test.ts',
  'test/client/client.test.ts',
  'test/client/react.test.ts',
  'test/docs/auth-reference.test.ts',
  'test/docs/client-docs.test.ts',
  'test/docs/docs-pages.test.ts',
  'test/docs/security-docs.test.ts',
  'test/faults/checker.test.ts',
  'test/generator/authentication-edits.test.ts',
  'test/generator/authentication-end.test.ts',
  'test/generator/authentication.test.ts',
  'test/generator/new.test.ts',
  'test/generator/projects.test.ts',
  'test/generator/resource.test.ts',
  'test/guides/back-up.test.ts',
  'test/guides/behind-a-proxy.test.ts',
  'test/guides/coming-from.test.ts',
  'test/guides/cookie-mode.test.ts',
  'test/guides/deploy.test.ts',
  'test/guides/deployment-files.test.ts',
  'test/guides/first-api-key.test.ts',
  'test/guides/hooks.test.ts',
  'test/guides/mails.test.ts',
  'test/guides/protect-a-route.test.ts',
  'test/guides/reference.test.ts',
  'test/guides/start-here.test.ts',
  'test/guides/upgrade.test.ts',
  'test/guides/watch.test.ts',
  'test/guides/which-way-in.test.ts',
  'test/http/batch.test.ts',
  'test/http/forms.test.ts',
  'test/loaded-packages.test.ts',
  'test/mail/mail-listeners.test.ts',
  'test/mail/outbox-renewal.test.ts',
  'test/mail/outbox-smtp.test.ts',
  'test/mail/outbox-timers.test.ts',
  'test/mobile/guide.test.ts',
  'test/mobile/mobile.test.ts',
  'test/mobile/snippets.test.ts',
  'test/mounts/access-types.test.ts',
  'test/mounts/access.test.ts',
  'test/mounts/guide.test.ts',
  'test/mounts/waits.test.ts',
  'test/mounts/written.test.ts',
  'test/parity/coming-from-rails.test.ts',
  'test/parity/parity.test.ts',
  'test/parity/table.test.ts',
  'test/resource-server/guide.test.ts',
  'test/rolling.test.ts',
  'test/simulation.test.ts',
  'test/storage/missing-tables.test.ts',
  'test/storage/postgres-answers.test.ts',
  'test/storage/postgres-by-hand.test.ts',
  'test/storage/postgres-checks.test.ts',
  'test/storage/postgres-held-rows.test.ts',
  'test/storage/postgres-look-ups.test.ts',
  'test/storage/postgres-restore.test.ts',
  'test/storage/postgres-start.test.ts',
  'test/storage/postgres-test-database.test.ts',
  'test/storage/previous-file.test.ts',
  'test/storage/previous-schema.test.ts',
  'test/storage/store-contract.test.ts',
  'test/storage/sweeper-lease.test.ts',
  'test/stories/hooks.test.ts',
  'test/template.test.ts',
  'test/testing/control-server.test.ts',
  'test/testing/control.test.ts',
  'test/testing/guide.test.ts',
  'test/testing/log-in.test.ts',
  'test/testing/mails.test.ts',
  'test/testing/test-server.test.ts',
  'test/timing/statistics.test.ts',
  'test/timing/verdict.test.ts',
  'test/transfer/deleted-here.test.ts',
  'test/transfer/export.test.ts',
  'test/transfer/files.test.ts',
  'test/transfer/import-command.test.ts',
  'test/transfer/import-crash.test.ts',
  'test/transfer/import-patience.test.ts',
  'test/transfer/import-progress.test.ts',
  'test/transfer/import-sessions.test.ts',
  'test/transfer/log-in-price.test.ts',
]

test('every file of tests is named in the documents, unless it is about something else', () => {
  const named = new Set(pages.flatMap((path) => namedIn(page(path)).map(([file]) => file)))
  const files = globSync('test/**/*.test.ts').map((file) => file.replaceAll('\\', '/'))
  expect(files.filter((file) => !named.has(file)).sort()).toEqual(elsewhere)
})

test('the tables of states are those of the rows', () => {
  const text = page('docs/security.md')
  for (const prefix of Object.keys(sections)) {
    const own = rows.filter(({ id }) => id.startsWith(prefix))
    const [, cells = ''] =
      new RegExp(`^\\| \\[.*\\) \`${prefix}\` \\| (.*) \\|$`, 'm').exec(text) ?? []
    expect([prefix, cells]).toEqual([
      prefix,
      tally(
        own.map(({ state }) => state),
        states,
      ),
    ])
  }
  expect(text).toContain(
    `| all | ${tally(
      rows.map(({ state }) => state),
      states,
    )} |`,
  )
})

test('the tables of ASVS are those of its rows', () => {
  const text = page('docs/security/asvs.md')
  const kinds = [
    ...['met', 'partly', 'deviation', 'not met'],
    ...['planned', 'deployer', 'not applicable'],
  ]
  const clauses = [...text.matchAll(/^\| (\d+\.\d+\.\d+) \| ([123]) \| ([a-z ]+) \| \S/gm)]
  const judged = clauses.map(([, , level, state]) => ({ level, state }))
  for (const [, state, ...counts] of text.matchAll(
    /^`([a-z ]+)`: (\d+) of level 1, (\d+) of level 2, (\d+) of level 3\./gm,
  )) {
    counts.forEach((count, index) => {
      const one = { level: String(index + 1), state }
      judged.push(...Array.from({ length: Number(count) }, () => one))
    })
  }
  expect(judged).toHaveLength(345)
  expect(new Set(clauses.map(([, clause]) => clause)).size).toBe(clauses.length)
  for (const level of ['1', '2', '3']) {
    const own = judged.filter((each) => each.level === level).map(({ state = '' }) => state)
    const line = `| ${level} | ${tally(own, kinds)} |`
    expect(text).toContain(line)
    expect(page('docs/security.md')).toContain(line)
  }
})

function tally(found: readonly string[], kinds: readonly string[]): string {
  const counts = kinds.map((kind) => found.filter((each) => each === kind).length)
  return [...counts, found.length].join(' | ')
}

test('a link to a heading leads to one', () => {
  for (const path of pages) {
    for (const [, target = '', anchor] of page(path).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)) {
      if (target.startsWith('http')) continue
      const file = target === '' ? path : join(dirname(path), target)
      expect([path, file, anchor]).toEqual([path, file, expect.toBeOneOf(anchorsOf(page(file)))])
    }
  }
})

// As GitHub makes them.
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
