// What the verbs here promise is written in verbs/passwords.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { noPassword } from './imported-hashes/imported-hash.ts'
import { pause, stepRows } from './steps.ts'
import { perform } from './unit-of-work.ts'

export async function forgetImportedPasswords(
  config: Configuration,
  client: Client,
): Promise<number> {
  const { store, clock } = config
  let forgotten = 0
  // One event, before the first step: one for each user would drown out all others.
  if ((await store.listPasswordSchemes()).length === 0) return 0
  await perform(config, client, (unit) =>
    unit.record({ name: 'authn_password_change', userId: null, detail: 'imported_forgotten' }),
  )
  for (;;) {
    const change = { to: noPassword, at: clock(), maximum: stepRows }
    const some = await store.transaction((each) => each.forgetImportedPasswords(change))
    forgotten += some
    if (some === 0) return forgotten
    await pause()
  }
}
