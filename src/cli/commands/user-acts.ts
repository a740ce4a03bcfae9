import { type Command, defineCommand } from './command.ts'
import { databaseOptions } from './database.ts'
import { jsonOption, print, printJson } from './output.ts'
import { userOperand, withUser } from './user-operand.ts'

const banUser = act({
  name: 'users ban',
  summary: 'Lock a user out, from their next request on',
  details: `Every session and API key is revoked, mailed links die, and a log-in is answered as if
the password were wrong. latchkey users unban lets them log in again.`,
  example: 'latchkey users ban ann@example.com',
  run: async (auth, user) => `Banned ${(await auth.banUser(user.id))?.emailAddress}`,
})

const unbanUser = act({
  name: 'users unban',
  summary: 'Let a banned user log in again',
  details: 'Sessions and API keys that the ban revoked stay revoked.',
  example: 'latchkey users unban ann@example.com',
  run: async (auth, user) => `Unbanned ${(await auth.unbanUser(user.id))?.emailAddress}`,
})

const revokeSessions = act({
  name: 'users revoke-sessions',
  summary: 'Log a user out everywhere',
  details: `Their password stays as it is: they may log in again. API keys stay; revoke them with
latchkey api-keys revoke.`,
  example: 'latchkey users revoke-sessions ann@example.com',
  async run(auth, user) {
    await auth.revokeSessions(user.id)
    return `Logged out ${user.emailAddress} everywhere`
  },
})

const deleteUser = act({
  name: 'users delete',
  summary: 'Delete a user, with everything that belongs to them',
  details: `Sessions, API keys, links, mails, and the application's rows that refer to the user
are deleted too. The address may sign up again. This cannot be undone.`,
  example: 'latchkey users delete 01a2092d-ade0-7192-99f2-8b7422722487',
  async run(auth, user) {
    await auth.deleteUser(user)
    return `Deleted ${user.emailAddress} (${user.id})`
  },
})

type Act = Parameters<typeof withUser<string>>[1]

// A command that does something to one user, and says so in a sentence.
function act({
  name,
  summary,
  details,
  example,
  run,
}: {
  name: string
  summary: string
  details: string
  example: string
  run: Act
}): Command {
  const options = { json: jsonOption, ...databaseOptions }
  const examples = [example]
  return defineCommand(
    { name, summary, details, operands: userOperand, options, examples },
    async (given) => {
      await withUser(given, async (auth, user) => {
        const sentence = await run(auth, user)
        if (given.values.json)
          printJson({ user: { id: user.id, email_address: user.emailAddress } })
        else print(sentence)
      })
    },
  )
}

/** What operators do to one user. */
export const userActs: readonly Command[] = [banUser, unbanUser, revokeSessions, deleteUser]
