// Where a request goes: the path of a route, spelled in all the ways that something might read otherwise.
import fc from 'fast-check'
import { hostileText } from './values.ts'

const spellings = {
  'as it is': (path: string) => path,
  'a slash before': (path: string) => `/${path}`,
  'a slash behind': (path: string) => `${path}/`,
  'two slashes': (path: string) => path.replace(/\/(?=[^/]*$)/, '//'),
  'capital letters': (path: string) => path.toUpperCase(),
  'an encoded slash': (path: string) => path.replace(/\/(?=[^/]*$)/, '%2f'),
  'an encoded letter': (path: string) => path.replace(/[a-z](?=[^a-z]*$)/, encodeLetter),
  'a letter encoded twice': (path: string) => path.replace(/[a-z](?=[^a-z]*$)/, encodeTwice),
  'NUL behind': (path: string) => `${path}%00`,
  'a line break behind': (path: string) => `${path}%0d%0aX-Injected:%20yes`,
  'bytes that are no UTF-8': (path: string) => `${path}%ff%c0%af`,
  'half an escape': (path: string) => `${path}%`,
  'dot segments': (path: string) => `/v1/../nowhere/..${path}`,
  'encoded dot segments': (path: string) => `/nowhere/%2e%2e${path}`,
  'dots and a semicolon': (path: string) => `/nowhere/..;${path}`,
  'a parameter of the path': (path: string) => `${path};jsessionid=1`,
  'an extension': (path: string) => `${path}.json`,
  backslashes: (path: string) => path.replaceAll('/', '\\'),
  'an absolute form': (path: string) => `http://evil.example${path}`,
  'an authority of its own': (path: string) => `//evil.example${path}`,
  'a fragment': (path: string) => `${path}#fragment`,
  'a long tail': (path: string) => `${path}/${'a/'.repeat(3_000)}`,
  'raw bytes': (path: string) => `${path}/\xe9\xff`,
} as const

export interface TargetPlan {
  readonly spelling: keyof typeof spellings
  /** What stands for the `{id}` of a path. */
  readonly param: string
  readonly query: string
}

export function spell(path: string, { spelling, param, query }: TargetPlan): string {
  return spellings[spelling](path.replace(/\{\w+\}/, () => param)) + query
}

export const hostileTarget: fc.Arbitrary<TargetPlan> = fc.record({
  spelling: fc.oneof(
    { weight: 6, arbitrary: fc.constant('as it is' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...(Object.keys(spellings) as TargetPlan['spelling'][])),
    },
  ),
  param: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('{{id}}', '{{foreign}}', '{{link}}') },
    { weight: 2, arbitrary: hostileText.map(escaped) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('..', '.', '%2e%2e', '*', '__proto__', ':id', '%', '%ff'),
    },
  ),
  query: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '?limit=1&limit=2',
        '?limit[]=1',
        '?limit=1e2',
        '?limit=0x10',
        '?limit=-1',
        '?limit=101',
        '?limit=',
        '?limit=1&LIMIT=0',
        '?limit=Infinity',
        '?limit=%00',
        '?cursor={{id}}',
        '?cursor={{foreign}}&limit=1',
        '?cursor=%27%20OR%201=1--',
        '?cursor[$gt]=',
        '?__proto__[polluted]=1&constructor=1&__proto__=1',
        '?token={{link}}&access_token={{link}}&password={{password}}&_method=DELETE',
        '??',
        '?&&==&',
        '?%',
        '?%ff=%ff',
      ),
    },
    { weight: 1, arbitrary: hostileText.map((text) => `?limit=${escaped(text)}`) },
  ),
})

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 8_000) || '-'
}

function encodeLetter(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`
}

function encodeTwice(letter: string): string {
  return `%25${letter.charCodeAt(0).toString(16)}`
}
