// Two servers behind a proxy are restarted one after the other, while clients go on asking.
import { type ServerProcess, startServerProcess } from '../server-process.ts'

/** Where requests go; each server by its port. */
export interface Balancer {
  readonly origin: string
  /** Resolves when nothing new goes to the others. */
  use(ports: readonly number[]): Promise<void>
}

export interface Rolled {
  /** How many requests were answered as they should be. */
  readonly answered: number
  /** What was answered otherwise, or not at all. */
  readonly failed: readonly string[]
  readonly restarts: number
}

const clients = 6
// Each server is restarted so often.
const rounds = 2

export async function restartUnderLoad(
  databaseUrl: string,
  startProxy: (ports: readonly number[]) => Promise<Balancer>,
): Promise<Rolled> {
  const servers = [await startOne(databaseUrl), await startOne(databaseUrl)]
  const ports = () => servers.map(portOf)
  const proxy = await startProxy(ports())
  const load = startLoad(proxy.origin)
  await load.untilAnswered(50)
  for (let index = 0; index < rounds * 2; index++) {
    const which = index % 2
    await proxy.use([ports()[1 - which] ?? 0])
    const code = await servers[which]?.end('SIGTERM')
    if (code !== 0) throw new Error(`A server ended with ${code}`)
    servers[which] = await startOne(databaseUrl)
    await proxy.use(ports())
    await load.untilAnswered(50)
  }
  return { ...(await load.end()), restarts: rounds * 2 }
}

function startOne(databaseUrl: string): Promise<ServerProcess> {
  return startServerProcess({ DATABASE_URL: databaseUrl, TRUSTED_PROXIES: '127.0.0.1' })
}

function portOf({ log }: ServerProcess): number {
  return Number(log.find(({ message }) => message === 'listening')?.port)
}

function startLoad(origin: string) {
  const failed: string[] = []
  let [answered, isOver] = [0, false]
  const ask = async (line: string, status: number, { token = '', body = {} }) => {
    const [method = '', path = ''] = line.split(' ')
    const headers = {
      connection: 'close',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    }
    const sent = method === 'GET' ? {} : { body: new URLSearchParams(body) }
    try {
      const answer = await fetch(origin + path, { method, headers, ...sent })
      const read = Object(await answer.json())
      if (answer.status === status) answered++
      else failed.push(`${line}: ${answer.status} ${JSON.stringify(read)}`)
      return read
    } catch (error) {
      failed.push(`${line}: ${error} ${Object(error).cause}`)
      return {}
    }
  }
  // Each has an address of its own: what is counted by it is not what this is about.
  const run = async (client: number) => {
    const body = { email_address: `client${client}@example.com`, password: 'correct horse battery' }
    const { token } = await ask('POST /v1/registrations', 201, { body })
    while (!isOver) {
      await ask('GET /v1/session', 200, { token })
      await ask('POST /v1/projects', 201, { token, body: { title: 'Garden' } })
      await ask('GET /v1/projects', 200, { token })
    }
  }
  const running = Array.from({ length: clients }, (_, client) => run(client))
  return {
    /** So many more than there were. */
    async untilAnswered(more: number) {
      const enough = answered + more
      while (answered < enough && failed.length < 100) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async end() {
      isOver = true
      await Promise.all(running)
      return { answered, failed }
    },
  }
}
