// An app without pages: what a user does in one, on the client and the template. It runs in `phone.ts`.
import { createClient } from 'latchkey/client'
import { logOut, nameDevice, restore, tokenIn } from '../../templates/mobile/account.ts'
import { fetchWithin } from '../../templates/mobile/fetch-within.ts'
import { inSecureStorage, type Vault } from '../../templates/mobile/secure-storage.ts'

type Person = { readonly email_address: string; readonly password: string }

export function startApp(api: string, vault: Vault<object>) {
  const heard: string[] = []
  const leaving = new AbortController()
  const storage = inSecureStorage(vault, {
    onUnsaved: (error) => void heard.push(`not saved: ${Object(error).message}`),
  })
  const client = createClient(api, { session: storage, fetch: fetchWithin(1) })
  client.listen((what) => void heard.push(what))
  return {
    heard: () => heard,
    globals: () => Object.getOwnPropertyNames(globalThis),
    clock: () => new Date().toISOString(),
    restore: () => restore(client),
    startOver: () => storage.write(null),
    signUp: (person: Person) => client.registrations.create(person),
    logIn: (person: Person) => client.session.create(person),
    logOut: () => logOut(client),
    rotate: () => client.session.rotate(),
    nameDevice: (name: string) => nameDevice(client, name),
    devices: () => client.sessions.list(),
    revoke: (id: string) => client.sessions.delete(id),
    revokeOthers: () => client.sessions.deleteOthers(),
    changePassword: (change: { password_challenge: string; password: string }) =>
      client.password.update(change),
    forgetPassword: (emailAddress: string) => client.passwords.create(emailAddress),
    resetPassword: (link: string, password: string) =>
      client.passwords.update({ token: tokenIn(link) ?? '', password }),
    async countProjects(): Promise<number> {
      const answer = await client.fetch('/v1/projects', { signal: leaving.signal })
      return Object(await answer.json()).projects.length
    },
    createProject: async (title: string) => {
      const body = JSON.stringify({ title })
      const headers = { 'content-type': 'application/json' }
      return (await client.fetch('/v1/projects', { method: 'POST', body, headers })).status
    },
    leave: () => leaving.abort(new Error('left the page')),
    countRefused: async (times: number) => {
      const asked = Array.from({ length: times }, () => client.user.show())
      return (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected').length
    },
  }
}
