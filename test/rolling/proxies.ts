// A proxy of the tests' own, and nginx with the file that a project has.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Balancer } from './restart.ts'

/** In Node: a request goes to one server, each in its turn, and is not sent again. */
export async function ownProxy(ports: readonly number[]): Promise<Balancer> {
  let [used, turn] = [ports, 0]
  const pending: number[] = []
  const server = createServer((incoming, outgoing) => {
    const port = used[turn++ % used.length] ?? 0
    pending.push(port)
    outgoing.once('close', () => pending.splice(pending.indexOf(port), 1))
    const { method, url: path, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502).end('{}'))
    incoming.pipe(onward)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return {
    origin: `http://127.0.0.1:${Object(server.address()).port}`,
    async use(next) {
      used = next
      // What was on its way when a server closes its port may be cut.
      while (pending.some((port) => !used.includes(port))) await wait(20)
    },
  }
}

/** nginx as nobody's service, with `deploy/nginx.conf` less its name, port and certificate. */
export function nginxProxy(nginx: string, { folder, port }: { folder: string; port: number }) {
  return async (ports: readonly number[]): Promise<Balancer> => {
    mkdirSync(join(folder, 'logs'), { recursive: true })
    const write = (used: readonly number[]) => writeConfiguration(folder, { port, used })
    write(ports)
    const config = join(folder, 'nginx.conf')
    const args = ['-c', config, '-p', folder, '-g', 'daemon off;']
    const child = spawn(nginx, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGTERM'))
    while (!existsSync(join(folder, 'nginx.pid'))) await wait(50)
    return {
      origin: `http://127.0.0.1:${port}`,
      async use(used) {
        const old = workersOf(child)
        // Those that are gone leave the file: each start has a port of its own.
        write(used)
        child.kill('SIGHUP')
        while (workersOf(child).some((pid) => old.includes(pid))) await wait(20)
      },
    }
  }
}

interface Upstream {
  readonly port: number
  readonly used: readonly number[]
}

function writeConfiguration(folder: string, { port, used }: Upstream): void {
  const servers = used.map((each) => `    server 127.0.0.1:${each};`).join('\n')
  const own = readFileSync('templates/deployment/nginx.conf', 'utf8')
    .replace(/^ +server 127\.0\.0\.1:3000;$/m, servers)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ +(http2 on|ssl_certificate.*);\n/gm, '')
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 2; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events {}
    http { access_log off; ${places.join(' ')}
    ${own} }`,
  )
}

function workersOf({ pid }: ChildProcess): string[] {
  const said = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return said.trim().split(/\s+/)
}
