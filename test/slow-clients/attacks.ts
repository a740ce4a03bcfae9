import { connect, type Socket } from 'node:net'

/** A way of taking long, by many at a time. */
export interface Attack {
  readonly name: string
  /** After so many seconds the server has closed the last of them: its limit, and two to see it. */
  readonly endsWithinSeconds: number
  /** Begins on a connection of its own; `projects` asks for 300 kB. */
  readonly begin: (socket: Socket, projects: string) => void
}

const host = 'Host: localhost\r\n'
const post = `POST /v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\n`

export const silent: Attack = {
  name: 'silent',
  endsWithinSeconds: 12,
  begin: (socket) => void socket.resume(),
}

export const attacks: readonly Attack[] = [
  silent,
  {
    name: 'slow headers',
    endsWithinSeconds: 12,
    begin: (socket) => drip(socket, `GET /health/live HTTP/1.1\r\n${host}`, 'X-A: b\r\n'),
  },
  {
    name: 'slow bodies',
    endsWithinSeconds: 32,
    begin: (socket) => drip(socket, `${post}Content-Length: 60000\r\n\r\n`, ' '),
  },
  {
    name: 'empty lines behind a request',
    endsWithinSeconds: 43,
    begin: (socket) => drip(socket, `GET /health/live HTTP/1.1\r\n${host}\r\n`, '\r\n'),
  },
  {
    // More than the system's buffers take.
    name: 'slow readers',
    endsWithinSeconds: 34,
    begin: (socket, projects) => void socket.pause().write(projects),
  },
]

function drip(socket: Socket, first: string, next: string): void {
  socket.resume()
  socket.write(first)
  const timer = setInterval(() => socket.write(next), 1_000)
  socket.once('close', () => clearInterval(timer))
}

/** What became of an attack. */
export interface Outcome {
  /** Connections that are open once the last has begun. */
  readonly connected: number
  /** Resolves with the seconds from then until all are closed, or with null when they are not. */
  readonly ended: Promise<number | null>
}

export async function attack(
  { begin, endsWithinSeconds }: Attack,
  { port, connections, token }: { port: number; connections: number; token: string },
): Promise<Outcome> {
  const authorization = `Authorization: Bearer ${token}\r\n`
  const projects = `GET /v1/projects HTTP/1.1\r\n${host}${authorization}\r\n`
  const sockets: Socket[] = []
  // A hundred a second: what is asked for is a load too, and not what is measured.
  while (sockets.length < connections) {
    const wave = Array.from({ length: Math.min(10, connections - sockets.length) }, () =>
      open(port),
    )
    for (const socket of await Promise.all(wave)) {
      begin(socket, projects)
      sockets.push(socket)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const complete = performance.now()
  const closed = Promise.all(sockets.map(whenClosed)).then(() => seconds(complete))
  const ended = Promise.race([closed, after(endsWithinSeconds * 1_000)])
  return {
    connected: sockets.filter(({ closed }) => !closed).length,
    ended: ended.finally(() => {
      for (const socket of sockets) socket.destroy()
    }),
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.on('error', () => {})))
    socket.once('error', reject)
  })
}

// A socket that does not read learns of the end by what it can no longer write.
function whenClosed(socket: Socket): Promise<void> {
  const probe = socket.isPaused() ? setInterval(() => socket.write('\r\n'), 500) : undefined
  if (socket.closed) return Promise.resolve()
  return new Promise((resolve) =>
    socket.once('close', () => {
      clearInterval(probe)
      resolve()
    }),
  )
}

function after(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), milliseconds).unref())
}

function seconds(since: number): number {
  return (performance.now() - since) / 1_000
}
