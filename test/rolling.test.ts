// A rolling restart, as the guide to deploying has it. The proxy is one of the test's own, or the nginx
// that NGINX_BINARY names: npm run test:rolling.
import { expect, test } from 'vitest'
import { freePort } from './guides/guide.ts'
import { emptyDatabaseUrl, temporaryFolder } from './harness.ts'
import { nginxProxy, ownProxy } from './rolling/proxies.ts'
import { restartUnderLoad } from './rolling/restart.ts'

test('two servers that the proxy hears of first are restarted without a failed request', async () => {
  const { NGINX_BINARY } = process.env
  const place = { folder: temporaryFolder(), port: await freePort() }
  const proxy = NGINX_BINARY === undefined ? ownProxy : nginxProxy(NGINX_BINARY, place)
  const { answered, failed, restarts } = await restartUnderLoad(await emptyDatabaseUrl(), proxy)
  if (NGINX_BINARY !== undefined) console.log(`${answered} requests, ${restarts} restarts`)
  expect(failed).toEqual([])
  expect(answered).toBeGreaterThan(200)
}, 120_000)
