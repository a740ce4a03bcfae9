import type { AccessTokenPolicy } from '../core/access-token-policy.ts'
import { parseAppUrl } from '../core/app-url.ts'
import type { ImportedKeys } from '../core/imported-hashes/family.ts'
import { numberSettings as settings } from '../core/number-settings.ts'
import { type SessionPolicy, type SignUp, signUps } from '../core/options.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
import { Secret } from '../core/secret.ts'
import { parseSender } from '../core/sender.ts'
import { isNetwork } from '../http/client-address.ts'
import { isSiteData, type SiteData } from '../http/cookie.ts'
import { isOrigin } from '../http/cors.ts'
import { parseSmtpUrl } from '../mail/transports/smtp-url.ts'
import { readAccessTokens } from './access-token-environment.ts'
import { readDatabaseUrl } from './database-url.ts'
import { EnvironmentReader, type Mode, type Variables } from './environment-reader.ts'
import { readImportedKeys } from './imported-keys-environment.ts'

/** The settings from the environment, read and checked once. */
export interface Environment {
  readonly mode: Mode
  readonly listen: { readonly host: string; readonly port: number }
  /** Where the front end listens in development. */
  readonly webPort: number
  readonly databaseUrl: string
  /** How many processes share the port. */
  readonly processes: number
  readonly corsOrigins: readonly string[]
  readonly clearSiteData: readonly SiteData[]
  readonly trustedProxies: readonly string[]
  readonly signUp: SignUp
  readonly passwords: Omit<PasswordPolicy, 'contextWords'>
  readonly sessions: SessionPolicy
  readonly accessTokens: AccessTokenPolicy
  /** Secrets of other systems that imported password hashes need besides their salt. */
  readonly importedKeys: ImportedKeys
  readonly resetTokenMinutes: number
  readonly rateLimits: 'on' | 'off'
  /** Where the links in mails lead. */
  readonly appUrl: string
  readonly mail: MailSettings
  /** The token for reading the metrics; null if there are no metrics. */
  readonly metricsToken: Secret | null
  readonly logLevel: 'info' | 'error' | 'silent'
}

/** Whom mails come from, and what delivers them; in development nothing has to. */
export type MailSettings =
  | { readonly kind: 'kept'; readonly from: string }
  | { readonly kind: 'smtp'; readonly from: string; readonly url: string }

/**
 * Reads the variables of `docs/reference/configuration.md`. Only `--dev` among the arguments switches
 * development mode on; no variable does, nor a missing one.
 *
 * @throws EnvironmentError with a sentence for each variable that cannot be read
 */
export function readEnvironment(variables: Variables, args: readonly string[]): Environment {
  const read = new EnvironmentReader(variables)
  const mode = args.includes('--dev') ? 'development' : 'production'
  const webPort = read.integer('WEB_PORT', { default: 3001, from: 1, to: 65_535 })
  const web = mode === 'development' ? `http://localhost:${webPort}` : null
  const databaseUrl = readDatabaseUrl(read, mode)
  const appUrl = readAppUrl(read, web)
  const environment: Environment = {
    mode,
    listen: {
      host: read.text('HOST') ?? '127.0.0.1',
      port: read.integer('PORT', { default: 3000, from: 0, to: 65_535 }),
    },
    webPort,
    databaseUrl,
    processes: readProcesses(read, mode),
    corsOrigins: readOrigins(read, web ? [web] : []),
    clearSiteData: readSiteData(read),
    trustedProxies: readTrustedProxies(read),
    signUp: read.choice('SIGN_UP', signUps),
    passwords: {
      minimumLength: read.integer('PASSWORD_MINIMUM_LENGTH', settings.passwords.minimumLength),
      rejectCommon: read.choice('PASSWORD_REJECT_COMMON', ['true', 'false']) === 'true',
    },
    sessions: readSessions(read),
    accessTokens: readAccessTokens(read, { mode, appUrl }),
    importedKeys: readImportedKeys(read),
    resetTokenMinutes: read.integer('RESET_TOKEN_MINUTES', settings.resetTokenMinutes),
    rateLimits: readRateLimits(read, mode),
    appUrl,
    mail: readMail(read, mode),
    metricsToken: readMetricsToken(read),
    logLevel: read.choice('LOG_LEVEL', ['info', 'error', 'silent']),
  }
  read.finish()
  return environment
}

/** For commands that must know when a session is over. */
export function readSessionEnvironment(variables: Variables): SessionPolicy {
  const read = new EnvironmentReader(variables)
  const sessions = readSessions(read)
  read.finish()
  return sessions
}

function readSessions(read: EnvironmentReader): SessionPolicy {
  const { idleHours, maximumHours, maximumPerUser } = settings.sessions
  return {
    idleHours: read.integer('SESSION_IDLE_HOURS', { ...idleHours, from: 1 }),
    maximumHours: read.integer('SESSION_MAXIMUM_HOURS', { ...maximumHours, from: 1 }),
    maximumPerUser: read.integer('SESSIONS_PER_USER', maximumPerUser),
  }
}

function readAppUrl(read: EnvironmentReader, byDefault: string | null): string {
  return read.parsed('APP_URL', {
    parse: parseAppUrl,
    wanted: 'must be the http or https URL of the front end, without ? and #',
    example: 'https://app.example.com',
    default: byDefault,
  })
}

function readProcesses(read: EnvironmentReader, mode: Mode): number {
  const processes = read.integer('WEB_CONCURRENCY', { default: 1, from: 1, to: 64 })
  // In development mails are kept in the memory of the process that sent them.
  if (processes > 1 && mode === 'development') {
    read.fault('WEB_CONCURRENCY', 'can be above 1 in production only', '1')
  }
  return processes
}

function readOrigins(read: EnvironmentReader, byDefault: readonly string[]): readonly string[] {
  return read.parsed('CORS_ORIGINS', {
    parse(text) {
      const origins = text.split(',').map((origin) => origin.trim())
      return origins.every(isOrigin) ? origins : null
    },
    wanted: 'must list origins without path or slash at the end',
    example: 'https://app.example.com,http://localhost:3001',
    default: byDefault,
  })
}

function readSiteData(read: EnvironmentReader): readonly SiteData[] {
  return read.parsed<readonly SiteData[]>('CLEAR_SITE_DATA', {
    parse(text) {
      const data = text === 'none' ? [] : text.split(',').map((each) => each.trim())
      return data.every(isSiteData) ? data : null
    },
    wanted: 'must list some of cache, cookies, storage, or be none',
    example: 'cache,storage',
    default: ['cache', 'storage'],
  })
}

function readTrustedProxies(read: EnvironmentReader): readonly string[] {
  return read.parsed('TRUSTED_PROXIES', {
    parse(text) {
      const networks = text.split(',').map((network) => network.trim())
      return networks.every(isNetwork) ? networks : null
    },
    wanted: 'must list addresses or networks of proxies',
    example: '10.0.0.0/8,::1',
    default: [],
  })
}

function readRateLimits(read: EnvironmentReader, mode: Mode): 'on' | 'off' {
  const chosen = read.choice('RATE_LIMITS', ['on', 'off'])
  if (chosen === 'off' && mode === 'production') {
    read.fault('RATE_LIMITS', 'can be off in development only', 'on')
  }
  return chosen
}

// RFC 6750 §2.1: what a header can carry.
const tokenPattern = /^[\w.~+/-]{16,256}=*$/

function readMetricsToken(read: EnvironmentReader): Secret | null {
  const name = 'METRICS_TOKEN'
  const text = read.text(name)
  if (text === null) return null
  const isFree = text !== read.text('KEY_ENCRYPTION_KEY')
  if (tokenPattern.test(text) && isFree) return new Secret(text)
  const wanted = 'must be 16 to 256 letters, digits and -._~+/ that nobody can guess'
  // SECURITY: the example contains no token, since somebody would use it.
  read.fault(name, isFree ? wanted : 'must not be KEY_ENCRYPTION_KEY', '"$(openssl rand -hex 32)"')
  return null
}

function readMail(read: EnvironmentReader, mode: Mode): MailSettings {
  const from = read.parsed('MAIL_FROM', {
    parse: (text) => parseSender(text) && text,
    wanted: 'must be an address, or a name and an address in <>',
    example: 'Projects <no-reply@example.com>',
    default: mode === 'development' ? 'Projects <no-reply@example.com>' : null,
  })
  if (mode === 'development' && read.text('SMTP_URL') === null) return { kind: 'kept', from }
  const url = read.parsed('SMTP_URL', {
    parse: (text) => parseSmtpUrl(text) && text,
    wanted:
      'must be smtps:// (or smtp:// for STARTTLS), user, password and server, with what is special in a URL percent-encoded',
    example: 'smtps://user:password@smtp.example.com',
    default: null,
  })
  return { kind: 'smtp', from, url }
}
