// Odd framing, sent through nginx: does it see as many requests as the server behind it?
// node bin/run.js test/scan/framing.ts NGINX FOLDER
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { framings } from './framings.ts'
import { startScanServer } from './server.ts'

const [, , nginx, where] = process.argv
if (nginx === undefined || where === undefined) {
  console.error('usage: node bin/run.js test/scan/framing.ts NGINX FOLDER')
  process.exit(2)
}
const folder = resolve(where)
mkdirSync(folder, { recursive: true })

const url = `sqlite:${join(folder, `framing-${process.pid}.sqlite3`)}`
const server = await startScanServer(url, { mode: 'production', signUp: 'open' })
const behind = Number(new URL(server.origin).port)
// Not one that is free by asking: nginx does not say which it took.
const inFront = behind - 10_000
const accessLog = join(folder, 'access.log')
writeFileSync(accessLog, '')
const proxy = await startNginx(nginx)

console.log(
  '| sent | nginx answers | passed on | seen behind | without nginx |\n| --- | --- | --- | --- | --- |',
)
let differences = 0
for (const [name, bytes] of framings) {
  server.takeStatuses()
  const logged = readFileSync(accessLog, 'utf8').length
  const proxied = await exchange(inFront, bytes)
  const seen = total(server.takeStatuses())
  const passedOn = readFileSync(accessLog, 'utf8')
    .slice(logged)
    .split('\n')
    .filter(isPassedOn).length
  const direct = await exchange(behind, bytes)
  if (passedOn !== seen) differences += 1
  console.log(`| ${name} | ${proxied} | ${passedOn} | ${seen} | ${direct} |`)
}
console.log(`\n${framings.length} framings, ${differences} that the two count differently`)
for (const fault of server.faults) console.log(fault)
proxy.kill()
await once(proxy, 'exit')
await server.close()
process.exit(differences === 0 && server.faults.length === 0 ? 0 : 1)

async function startNginx(binary: string) {
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, settings())
  const child = spawn(binary, ['-p', folder, '-c', config, '-e', join(folder, 'error.log')], {
    stdio: 'inherit',
  })
  while (!existsSync(join(folder, 'nginx.pid')) && child.exitCode === null) await wait(50)
  await wait(200)
  return child
}

function settings(): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  log_format counted '$status $upstream_addr';
  access_log ${accessLog} counted;
  upstream api { server 127.0.0.1:${behind}; keepalive 8; }
  server {
    listen 127.0.0.1:${inFront};
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`
}

function isPassedOn(line: string): boolean {
  const [, upstream = '-'] = line.split(' ')
  return upstream !== '-'
}

function total(statuses: ReadonlyMap<number, number>): number {
  return [...statuses.values()].reduce((sum, times) => sum + times, 0)
}

/** The statuses of all answers on one connection, which is left open for long enough to be misread. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {})
  socket.write(bytes, 'latin1')
  await Promise.race([once(socket, 'close'), wait(600)])
  socket.destroy()
  await wait(50)
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => status)
  return statuses.join(' ') || 'nothing'
}
