import type { Auth } from '../../core/auth.ts'
import { parseEmailAddress } from '../../core/email-address.ts'
import type { User } from '../../core/entities.ts'
import type { NamedUser } from '../../core/users.ts'
import { Refused } from './command.ts'
import { type DatabaseOptions, withAuth } from './database.ts'
import { oneOf } from './operand.ts'
import { parseId } from './page.ts'

/** The operand of commands about one user. */
export const userOperand = '(ID | EMAIL_ADDRESS)'

/**
 * Opens the database, and finds the one user whom the words after the command name.
 *
 * @throws UsageError for words that can name nobody
 * @throws Refused if there is no such user
 */
export function withUser<T>(
  { values, positionals }: { values: DatabaseOptions; positionals: readonly string[] },
  work: (auth: Auth, user: User) => Promise<T>,
): Promise<T> {
  const name = oneOf(positionals)
  const named = parseUser(name)
  return withAuth(values, async (auth) => {
    const user = await auth.findUser(named)
    if (!user) throw new Refused(`There is no user ${name}; latchkey users list shows who there is`)
    return work(auth, user)
  })
}

/**
 * The ID of a user; if an ID is given, its user may be deleted already.
 *
 * @throws UsageError for words that can name nobody
 * @throws Refused if nobody has the address
 */
export async function findUserId(auth: Auth, name: string): Promise<string> {
  const named = parseUser(name)
  const user = await auth.findUser(named)
  const id = user?.id ?? ('id' in named ? named.id : null)
  if (id === null) throw new Refused(`Nobody has the address ${name}; an ID finds who is gone`)
  return id
}

function parseUser(name: string): NamedUser {
  const emailAddress = parseEmailAddress(name)
  return emailAddress ? { emailAddress } : { id: parseId(name, 'neither an address nor an ID') }
}
