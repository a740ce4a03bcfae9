import type { Page } from 'playwright-core'
import { ann, bearer, createApiKey, signUp, verifyAddress } from '../harness.ts'
import { type Belongings, mallory } from './acts.ts'
import { logInOn, openWorld, type World } from './world.ts'

export interface Victim {
  readonly world: World
  /** The front end, in her browser. */
  readonly opened: Page
  readonly belongings: Belongings
}

/** Ann, logged in by a cookie and elsewhere, with what she has. */
export async function openVictim(): Promise<Victim> {
  const world = await openWorld()
  const { server } = world
  await signUp(server, mallory)
  const token = await signUp(server)
  await verifyAddress(server, token)
  await server.send('POST /v1/session', ann)
  const project = await server.send('POST /v1/projects', { title: 'Of Ann' }, bearer(token))
  const elsewhere = await server.send('GET /v1/session', undefined, bearer(token))
  const apiKey = await createApiKey(server, token)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  const belongings = {
    project: project.body.project.id,
    session: elsewhere.body.session.id,
    apiKey: apiKey.id,
  }
  return { world, opened, belongings }
}
