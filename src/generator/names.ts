import { builtinModules } from 'node:module'
import { parseSender } from '../core/sender.ts'

/** The names of a project. */
export interface Names {
  /** In `package.json`. */
  readonly packageName: string
  /** In pages and mails, for people. */
  readonly title: string
  /** The prefix of the names of its PostgreSQL databases. */
  readonly databaseName: string
}

/** The names derived from that of the folder: `my-api` becomes "My API". */
export function namesOf(folder: string, { title }: { title: string | null }): Names {
  const packageName = toPackageName(folder)
  const databaseName = packageName.replaceAll('-', '_').slice(0, maximumDatabaseName)
  return { packageName, title: title ?? toTitle(folder), databaseName }
}

// SECURITY: a title goes unescaped into code, HTML and a header: these characters mean nothing in any of them.
const titlePattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,+!’_-]*$/u

/** Whether the text can be used as a title. */
export function isTitle(text: string): boolean {
  const isPlain = titlePattern.test(text) && text.length <= maximumTitle && text === text.trim()
  return isPlain && parseSender(`${text} <no-reply@example.com>`) !== null
}

const maximumTitle = 60

/** The rule for a title; in a message it follows the name of the option. */
export const titleWanted = `must be at most ${maximumTitle} letters, digits, spaces and . , + ! ’ _ -, and begin with a letter or digit`

const maximumPackageName = 100
// PostgreSQL's limit is 63, and `_development` is appended.
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

// npm refuses to install a package into one of the same name, and warns of names of Node's modules.
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
