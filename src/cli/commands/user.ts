import { type Auth, createAuth } from '../../core/auth.ts'
import { type EmailAddress, parseEmailAddress } from '../../core/email-address.ts'
import type { User } from '../../core/entities.ts'
import { readSessionEnvironment } from '../environment.ts'
import { Refused, UsageError } from './command.ts'
import { withStore } from './database.ts'
import { parseId } from './page.ts'

/** What a command about one user is given behind its name. */
export const userOperand = '(ID | EMAIL_ADDRESS)'

type DatabaseOptions = Parameters<typeof withStore>[0]

/** Opens the database that the environment names, for the verbs of Latchkey. */
export function withAuth<T>(
  options: DatabaseOptions,
  work: (auth: Auth) => Promise<T>,
): Promise<T> {
  const sessions = readSessionEnvironment(process.env)
  return withStore(options, (store) => work(createAuth({ store, sessions })))
}

/**
 * Opens the database, and finds the one user whom the words behind the command name.
 *
 * @throws UsageError for words that name nobody
 * @throws Refused where there is no such user
 */
export function withUser<T>(
  { values, positionals }: { values: DatabaseOptions; positionals: readonly string[] },
  work: (auth: Auth, user: User) => Promise<T>,
): Promise<T> {
  const name = oneOf(positionals)
  const named = parseUser(name)
  return withAuth(values, async (auth) => {
    const user = await findUser(auth, named)
    if (!user) throw new Refused(`There is no user ${name}; latchkey users list shows who there is`)
    return work(auth, user)
  })
}

/**
 * The ID of a user, who may be gone where it is given.
 *
 * @throws UsageError for words that name nobody
 * @throws Refused where nobody has the address
 */
export async function findUserId(auth: Auth, name: string): Promise<string> {
  const named = parseUser(name)
  const user = await findUser(auth, named)
  const id = user?.id ?? ('id' in named ? named.id : null)
  if (id === null) throw new Refused(`Nobody has the address ${name}; an ID finds who is gone`)
  return id
}

type NamedUser = { readonly id: string } | { readonly emailAddress: EmailAddress }

function parseUser(name: string): NamedUser {
  const emailAddress = parseEmailAddress(name)
  return emailAddress ? { emailAddress } : { id: parseId(name) }
}

async function findUser({ config: { store } }: Auth, named: NamedUser): Promise<User | null> {
  if ('id' in named) return store.findUser(named.id)
  return (await store.findCredentials(named.emailAddress))?.user ?? null
}

/** @throws UsageError for none, and for more than one */
export function oneOf(positionals: readonly string[], wanted = 'One ID or address'): string {
  const [name, ...more] = positionals
  if (name !== undefined && more.length === 0) return name
  throw new UsageError(`${wanted} is needed`)
}

/** These names are an interface: programs read them. */
export function toJson(user: User) {
  return {
    id: user.id,
    email_address: user.emailAddress,
    email_verified: user.emailVerifiedAt !== null,
    banned_at: user.bannedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  }
}
