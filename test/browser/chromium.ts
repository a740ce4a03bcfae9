import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A Chromium that can be started. */
export interface Chromium {
  readonly executablePath: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * The one that `CHROMIUM` names, or the system's, or that of the package `@sparticuz/chromium`.
 *
 * @throws Error that says what to install
 */
export async function findChromium(
  environment = process.env,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): Promise<Chromium> {
  const { CHROMIUM, PATH = '' } = environment
  const found = CHROMIUM || programs(PATH).find((path) => existsSync(path))
  if (found) return { executablePath: found, env: environment }
  if (platform === 'linux' && arch === 'x64') return unpack(environment)
  throw new Error(
    'There is no Chromium here: install one (Debian: apt install chromium), or set CHROMIUM to the path of its program',
  )
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function programs(path: string): string[] {
  return path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
}

// It is packed, and it brings the libraries and the fonts that a bare machine lacks.
async function unpack(environment: NodeJS.ProcessEnv): Promise<Chromium> {
  const home = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const cache = join(process.cwd(), 'node_modules', '.cache')
  const folder = join(cache, `chromium-${version}`)
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true })
    const begun = mkdtempSync(`${folder}-`)
    await inflateInto(begun, join(home, 'bin'))
    writeFileSync(join(begun, 'fonts', 'fonts.conf'), fontsIn(join(folder, 'fonts')))
    moveUnlessThere(begun, folder)
  }
  const libraries = [join(folder, 'al2023', 'lib'), environment.LD_LIBRARY_PATH ?? []].flat()
  const env = {
    ...environment,
    LD_LIBRARY_PATH: libraries.join(':'),
    FONTCONFIG_PATH: join(folder, 'fonts'),
  }
  return { executablePath: join(folder, 'chromium'), env }
}

// SECURITY: the package knows the folder for temporary files alone, where a program of that name could
// be anybody's, and would be run.
async function inflateInto(folder: string, packed: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium')
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder
  try {
    const parts = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']
    await Promise.all(parts.map((part) => inflate(join(packed, part))))
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

// Its own looks in folders of another system, and without any font a field of a form ends the browser.
function fontsIn(folder: string): string {
  return `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
</fontconfig>
`
}

// Another file of tests may have been quicker.
function moveUnlessThere(begun: string, folder: string): void {
  try {
    renameSync(begun, folder)
  } catch (error) {
    rmSync(begun, { recursive: true })
    if (!existsSync(folder)) throw error
  }
}
