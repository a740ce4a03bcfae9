// A limit that is used up stays so, however what it is about is spelled.
import { expect, test } from 'vitest'
import { ann, signUp, startServer } from './harness.ts'

test('no spelling of an address, a body or a path passes by a limit that is used up', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  await signUp(server)
  let strangers = 0
  const ask = async (body: object | string, { path = '/v1/session', headers = {}, from = '' }) => {
    const address = from === '' ? `198.51.100.${++strangers}` : from
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }
    const { headers: answered, status } = await server.app.request(path, init, { address })
    expect(answered.get('cache-control')).toBe('no-store')
    expect(answered.has('retry-after')).toBe(status === 429)
    return status
  }
  const useUp = async (attempt: (index: number) => Promise<number>) => {
    let status = 0
    for (let index = 0; index < 200 && status !== 429; index++) status = await attempt(index)
    expect(status).toBe(429)
  }
  // An account is used up from everywhere: from yet another address nothing of it passes.
  await useUp(() => ask({ ...ann, password: 'wrong password' }, {}))
  for (const body of [
    ann,
    { ...ann, email_address: ' ANN@example.com\n' },
    { ...ann, email_address: '\0Ann@Example.Com' },
    { ...ann, email: 'x@example.com', username: 'x', identifier: 'x' },
    `{"email_address":"x@example.com","email_address":"${ann.email_address}","password":"${ann.password}"}`,
    `{"password":"${ann.password}","email_address":"\\u0061nn@example.com"}`,
  ]) {
    expect([body, await ask(body, {})]).toEqual([body, 429])
  }
  // So is an address: whatever it says of itself, and for whatever account.
  const from = '192.0.2.1'
  const somebody = (index: number) => ({ ...ann, email_address: `user-${index}@example.com` })
  await useUp((index) => ask(somebody(index), { from }))
  for (const [index, headers] of [
    { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' },
    { 'x-real-ip': '203.0.113.7', 'cf-connecting-ip': '203.0.113.7' },
    { 'x-client-ip': '::1', 'true-client-ip': '::1', 'x-cluster-client-ip': '::1' },
  ].entries()) {
    expect(await ask(somebody(300 + index), { from, headers })).toBe(429)
  }
  // Another spelling of the path is either the same route or none.
  const paths = ['//v1/session', '/v1//session', '/v1/session/', '/V1/Session', '/v1/./session']
  const encoded = ['/v1/%73ession', '/v1%2fsession', '/v1/session;a=b', '/x/../v1/session']
  for (const path of [...paths, ...encoded, '/v1/session?x=1', '/v1/session#x']) {
    const status = await ask(somebody(400), { from, path })
    expect([path, [404, 429].includes(status)]).toEqual([path, true])
  }
})
