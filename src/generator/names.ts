import { builtinModules } from 'node:module'
import { parseSender } from '../core/sender.ts'

/** What a project is called, and where. */
export interface Names {
  /** In `package.json`. */
  readonly packageName: string
  /** In pages and mails: what people read. */
  readonly title: string
  /** What the names of its databases in PostgreSQL begin with. */
  readonly databaseName: string
}

/** The names that follow from a folder's: `my-api` is called "My API". */
export function namesOf(folder: string, { title }: { title: string | null }): Names {
  const packageName = toPackageName(folder)
  const databaseName = packageName.replaceAll('-', '_').slice(0, maximumDatabaseName)
  return { packageName, title: title ?? toTitle(folder), databaseName }
}

// SECURITY: a title stands in code, in HTML and in a header as it is: none of these means anything there.
const titlePattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,+!’_-]*$/u

/** Whether it can be written wherever a title stands. */
export function isTitle(text: string): boolean {
  const isPlain = titlePattern.test(text) && text.length <= maximumTitle && text === text.trim()
  return isPlain && parseSender(`${text} <no-reply@example.com>`) !== null
}

const maximumTitle = 60

/** Behind the name of what it is about. */
export const titleWanted = `must be at most ${maximumTitle} letters, digits, spaces and . , + ! ’ _ -, and begin with a letter or digit`

const maximumPackageName = 100
// PostgreSQL's limit is 63, and `_development` stands behind it.
const maximumDatabaseName = 50

function toPackageName(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maximumPackageName)
    .replace(/^-|-$/g, '')
  if (name === '') return 'api'
  return isReserved(name) ? `${name}-api` : name
}

// npm installs no package into one of the same name, and warns of those of Node.
function isReserved(name: string): boolean {
  return builtinModules.includes(name) || reserved.includes(name)
}

const reserved = [
  ...['latchkey', 'nodemailer', 'pg', 'react', 'react-dom', 'react-router', 'typescript'],
  ...['uuid', 'vite', 'web', 'zod', 'node-modules'],
]

function toTitle(folder: string): string {
  const words = folder.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean)
  const title = words.map(toWord).join(' ').slice(0, maximumTitle).trim()
  return isTitle(title) ? title : 'API'
}

function toWord(word: string): string {
  if (word.toLowerCase() === 'api') return 'API'
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}
