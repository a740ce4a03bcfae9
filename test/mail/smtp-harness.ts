// A real mail server on loopback, behind a relay that can break the conversation at any step.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** A command, or: the client connected, the mail begins, its last line came, the server took it. */
export type Step = 'greeting' | 'body' | 'dot' | 'accepted' | (string & {})

/** `pass` it on, `drop` the connection, `hang` without a word, or answer this in place of it. */
export type Fault = 'pass' | 'drop' | 'hang' | { readonly reply: string }

/** What the server took: the envelope, and the mail without the stuffing of its dots. */
export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

export interface MailServer {
  readonly url: string
  readonly received: readonly Received[]
  /** Each line that a client sent outside of a mail. */
  readonly commands: readonly string[]
  /** What stood on the wire between DATA and the last dot, a character for each byte. */
  readonly wire: readonly string[]
  /** How many clients are connected. */
  readonly clients: number
  /** Asked at each step what is to happen there; null for nothing. */
  sabotage: ((step: Step, line: string) => Fault | Promise<Fault>) | null
}

interface Recording extends MailServer {
  clients: number
  readonly commands: string[]
  readonly wire: string[]
}

/** A server that takes every mail in plain text, unless it is sabotaged. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const plain = { disabledCommands: ['STARTTLS', 'AUTH'], ...options }
  const { port, received } = await startSmtpServer(plain)
  const open = new Set<Socket>()
  // The server takes its time to greet: it has greeted the next client before there is one.
  const greeted = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  for (const socket of greeted) open.add(socket.on('error', () => {}))
  const relay = createServer((client) => {
    const upstream = greeted.shift() ?? connect(port, '127.0.0.1')
    const next = connect(port, '127.0.0.1').on('error', () => {})
    greeted.push(next)
    open.add(next)
    const both = [client, upstream]
    const end = () => both.forEach((socket) => void socket.destroy())
    for (const socket of both) open.add(socket.on('error', end))
    server.clients++
    client.on('close', () => server.clients--)
    new Relay(server, client, upstream).run().catch(end)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  onTestFinished(() => {
    relay.close()
    for (const socket of open) socket.destroy()
  })
  const url = `smtp://127.0.0.1:${(relay.address() as AddressInfo).port}`
  const server: Recording = { url, received, commands: [], wire: [], clients: 0, sabotage: null }
  return server
}

/** The server alone, for what a relay cannot read: TLS. */
export async function startSmtpServer(
  options: SMTPServerOptions,
): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onData(stream, { envelope }, done) {
      let raw = ''
      stream.setEncoding('latin1').on('data', (chunk) => {
        raw += chunk
      })
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw })
        done()
      })
    },
    ...options,
  })
  // A client that refuses the certificate is what is tested.
  server.on('error', () => {})
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onTestFinished(() => server.close())
  return { port: (listener.address() as AddressInfo).port, received }
}

// One command and one answer at a time, so that a fault at one step is a fault at that step alone.
class Relay {
  readonly #server: Recording
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #asked: AsyncGenerator<string>
  readonly #answers: AsyncGenerator<string>

  constructor(server: Recording, client: Socket, upstream: Socket) {
    this.#server = server
    this.#client = client
    this.#upstream = upstream
    this.#asked = lines(client)
    this.#answers = lines(upstream)
  }

  async run(): Promise<void> {
    await this.#step('greeting', '', () => this.#answer())
    for (;;) {
      const line = await take(this.#asked)
      this.#server.commands.push(line)
      const verb = line.split(/[ :]/)[0] ?? ''
      const reply = await this.#step(verb, line, () => this.#pass(line))
      if (verb === 'DATA' && reply.startsWith('354')) await this.#mail()
    }
  }

  async #mail(): Promise<void> {
    const body: string[] = []
    for (let line = await take(this.#asked); line !== '.'; line = await take(this.#asked)) {
      if (body.length === 0) await this.#break('body', line)
      body.push(`${line}\r\n`)
    }
    this.#server.wire.push(body.join(''))
    await this.#step('dot', '.', async () => {
      const reply = await this.#pass(`${body.join('')}.`)
      return (await this.#break('accepted', reply)) ?? reply
    })
  }

  async #step(step: Step, line: string, pass: () => Promise<string>): Promise<string> {
    const reply = (await this.#break(step, line)) ?? (await pass())
    this.#client.write(reply, 'latin1')
    return reply
  }

  /** @returns what is answered in place of the server, or null where it is asked */
  async #break(step: Step, line: string): Promise<string | null> {
    const fault = (await this.#server.sabotage?.(step, line)) ?? 'pass'
    if (fault === 'drop') throw new Error('dropped')
    // Reads on, so that a client which leaves is noticed.
    while (fault === 'hang') await take(this.#asked)
    return typeof fault === 'string' ? null : `${fault.reply}\r\n`
  }

  #pass(line: string): Promise<string> {
    this.#upstream.write(`${line}\r\n`, 'latin1')
    return this.#answer()
  }

  async #answer(): Promise<string> {
    let answer = ''
    while (!/^\d{3} .*\r\n$/m.test(answer)) answer += `${await take(this.#answers)}\r\n`
    return answer
  }
}

async function take(source: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await source.next()
  if (done) throw new Error('closed')
  return value
}

async function* lines(socket: Socket): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    const parts = (rest + chunk).split('\r\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
