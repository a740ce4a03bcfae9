/** The versions that a `package.json` asks for, by package name. */
export type Versions = Readonly<Record<string, string>>

// The generated code needs these: Hono 3 has another router, and Next.js 14 has no `connection()`.
const oldest = {
  hono: { name: 'Hono', major: 4 },
  fastify: { name: 'Fastify', major: 5 },
  express: { name: 'Express', major: 5 },
  next: { name: 'Next.js', major: 15 },
} as const

/** Says that the project's framework is too old, and what to type; null if it is not. */
export function refuseVersion(framework: keyof typeof oldest, packages: Versions): string | null {
  const wanted = packages[framework] ?? ''
  const { name, major } = oldest[framework]
  if (!isOlder(wanted, String(major))) return null
  return `${name} ${major} is needed, and package.json has ${wanted}: npm install ${framework}@${major}, and then this again`
}

/** What to type before `npm install`, which otherwise refuses: one line for each package that is too old. */
export function updatesOf(packages: Versions, peers: Versions): readonly string[] {
  return Object.entries(peers)
    .filter(([name]) => !unrelated.includes(name))
    .flatMap(([name, least]) => {
      const wanted = packages[name]
      if (wanted === undefined || !isOlder(wanted, least)) return []
      const [major] = numbersOf(least)
      return [
        `First npm install ${name}@${major}: package.json has ${wanted}, beside which npm does not install Latchkey`,
      ]
    })
}

// Latchkey itself does not require these, so npm accepts any version of them.
const unrelated = ['@types/pg', 'fastify-plugin']

// Whether even the newest version in a range is older. False if that is not known, as for `latest`, `>=4` or a version
// from a workspace.
function isOlder(range: string, least: string): boolean {
  return range.split('||').every((each) => {
    const newest = newestOf(each.trim())
    return newest !== null && compare(newest, numbersOf(least)) < 0
  })
}

function newestOf(range: string): readonly number[] | null {
  const [, sign, ...parts] =
    /^(?:=?v?|([~^]))(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?$/.exec(range) ?? []
  const [major, minor, patch] = parts.map((part) => Number(part ?? Number.NaN))
  if (major === undefined) return null
  if (sign === '^') return [major]
  return [major, minor ?? Number.NaN, sign === '~' ? Number.NaN : (patch ?? Number.NaN)]
}

function numbersOf(range: string): readonly number[] {
  const [, ...parts] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(range) ?? []
  return parts.map((part) => Number(part ?? 0))
}

// A missing part stands for the newest version.
function compare(newest: readonly number[], least: readonly number[]): number {
  for (const [index, part] of least.entries()) {
    const own = newest[index] ?? Number.NaN
    if (Number.isNaN(own)) return 1
    if (own !== part) return own - part
  }
  return 0
}
