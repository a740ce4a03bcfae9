import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { explain, otherPort } from '../cli/explain.ts'
import { serve } from '../cli/serve.ts'
import { readTestEnvironment, refuseProduction } from '../cli/test-environment.ts'
import { codeOf } from '../core/thrown.ts'
import { nodeServer } from '../http/node.ts'
import { control } from './control.ts'
import { createTestServer, type TestServerOptions } from './test-server.ts'

// Both servers listen for this machine only: through them a client can log in as anybody.
const host = '127.0.0.1'

/**
 * Serves your application for a suite in another language, or in a browser, and on another port of this machine the
 * control server, by which the suite controls it. When both listen, it prints
 * `{"api":"http://localhost:3000","control":"http://localhost:3009"}`. Ctrl-C and SIGTERM end it.
 *
 * If it cannot start, such as with `NODE_ENV=production` or a database that is not for tests only, it says why, and the
 * process ends with 1.
 */
export async function startControlServer<Fields = unknown>(
  options: Omit<TestServerOptions<Fields>, 'databaseUrl'>,
): Promise<void> {
  try {
    console.log(JSON.stringify(await run(options)))
  } catch (error) {
    console.error(explainStart(error))
    process.exit(1)
  }
}

async function run<Fields>(options: TestServerOptions<Fields>) {
  refuseProduction('startControlServer()')
  const { port, controlPort, databaseUrl } = readTestEnvironment()
  const server = await createTestServer({ ...options, databaseUrl })
  const listener = nodeServer({ fetch: (request, peer) => steered.fetch(request, peer) })
  const onClose = async () => {
    listener.close()
    listener.closeAllConnections()
    await server.close()
  }
  const running = await serve(server.app, { host, port, onClose })
  const api = `http://localhost:${running.port}`
  const steered = control(server, api)
  listener.listen({ host, port: controlPort })
  await once(listener, 'listening')
  const address = listener.address() as AddressInfo
  return { api, control: `http://localhost:${address.port}` }
}

// `explain` names the variables of an application; those of a test server have other names.
function explainStart(error: unknown): unknown {
  if (error instanceof Error && codeOf(error) === 'EADDRINUSE') {
    const port = otherPort(error)
    return `${error.message}: stop what listens there, or set another port, for example PORT=${port} or CONTROL_PORT=${port + 9}`
  }
  const said = explain(error)
  return typeof said === 'string' ? said.replaceAll(/\bDATABASE_URL/g, 'TEST_DATABASE_URL') : said
}
