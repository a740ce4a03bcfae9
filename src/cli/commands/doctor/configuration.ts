import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Environment, readEnvironment } from '../../environment.ts'
import { EnvironmentError, type Mode, type Variables } from '../../environment-reader.ts'
import { unsafeDatabase } from '../../postgres-tls.ts'
import { advice, type Finding, fault, ok } from './finding.ts'

/** The settings of the environment, or what is wrong with each variable. */
export interface Configuration {
  /** Null if some variables cannot be read. */
  readonly environment: Environment | null
  readonly findings: readonly Finding[]
}

export function readConfiguration(variables: Variables, mode: Mode): Configuration {
  try {
    const args = mode === 'development' ? ['--dev'] : []
    const environment = readEnvironment(variables, args)
    return { environment, findings: [ok('configuration', `complete, in ${mode} mode`)] }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const sentences = error.message.split('\n')
    const findings = sentences.map((each) =>
      fault('configuration', each.replace(/, for example .*$/, ''), todoOf(each)),
    )
    return { environment: null, findings }
  }
}

function todoOf(sentence: string): string {
  const [, example = ''] = /, for example (.*)$/.exec(sentence) ?? []
  return `set it, for example ${example}`
}

/** Settings that work, but that nobody would want. */
export function judgeConfiguration(environment: Environment): Finding[] {
  return [
    ...judgeProxy(environment),
    ...judgeUrls(environment),
    ...judgeAccessTokens(environment),
    ...judgeMetrics(environment),
  ]
}

function judgeProxy({ mode, listen, trustedProxies }: Environment): Finding[] {
  const everybody = trustedProxies.find((network) => /\/0$/.test(network))
  if (everybody) {
    const found = `TRUSTED_PROXIES has ${everybody}: everybody may say that they are somebody else`
    return [fault('proxy', found, 'name the addresses of your proxies alone')]
  }
  if (trustedProxies.length > 0)
    return [ok('proxy', `${trustedProxies.join(', ')} may speak for others`)]
  if (mode === 'development') return []
  if (loopback.test(listen.host)) {
    const found = 'the server listens to this machine alone, and TRUSTED_PROXIES is empty'
    const todo =
      'set TRUSTED_PROXIES=127.0.0.1,::1 where a proxy on this machine is in front: without it all clients share the attempts of one'
    return [advice('proxy', found, todo)]
  }
  const found = `the server listens on ${listen.host}, and TRUSTED_PROXIES is empty`
  const todo =
    'name the proxies in front of it; where there are none, put one there, for the server speaks no TLS'
  return [advice('proxy', found, todo)]
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/

function judgeUrls({ mode, appUrl, corsOrigins, databaseUrl }: Environment): Finding[] {
  if (mode === 'development') return []
  const open = [appUrl, ...corsOrigins].filter((url) => isOpen(url))
  const unsafe = unsafeDatabase(databaseUrl)
  return [
    ...open.map((url) =>
      advice(
        'https',
        `${url} is no https, and tokens go through it`,
        'serve the front end by https',
      ),
    ),
    ...(unsafe ? [advice('database', ...halves(unsafe))] : []),
  ]
}

function isOpen(url: string): boolean {
  return (
    url.startsWith('http:') && !/^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(url)
  )
}

function halves(sentence: string): [string, string] {
  const [found = '', todo = ''] = sentence.split(/: (?=[^:]*$)/)
  return [found, todo]
}

function judgeAccessTokens({ accessTokens }: Environment): Finding[] {
  const { audiences, keyEncryptionKey } = accessTokens
  if (audiences.length === 0 || keyEncryptionKey !== null) return []
  const found =
    'ACCESS_TOKEN_AUDIENCES is set and KEY_ENCRYPTION_KEY is not: no access tokens are issued'
  return [
    advice(
      'access tokens',
      found,
      'set KEY_ENCRYPTION_KEY="$(openssl rand -base64 32)", and keep it',
    ),
  ]
}

// Resolved from where a server would resolve it, but not loaded.
function judgeMetrics({ metricsToken }: Environment): Finding[] {
  if (metricsToken === null) return []
  try {
    const path = createRequire(import.meta.url).resolve('prom-client')
    return existsSync(path) ? [ok('metrics', 'GET /metrics is there, with METRICS_TOKEN')] : []
  } catch {
    return [
      fault(
        'metrics',
        'METRICS_TOKEN is set, and nothing counts: no server starts',
        'npm install prom-client',
      ),
    ]
  }
}
