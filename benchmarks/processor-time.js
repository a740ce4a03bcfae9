// Preloaded into every server: says what processor time its processes have used, all threads counted.
import cluster, { type Worker } from 'node:cluster'

/** Of a process, or of those together that share a port. */
interface Used {
  readonly microseconds: number
  readonly bytes: number
}

interface Answer extends Used {
  readonly ofWorker: true
}

const question = { asksFor: 'processor time' }

process.on('message', async (asked) => {
  // What else a worker hears is the server's.
  if (!cluster.isPrimary) return isQuestion(asked) && process.send?.({ ...own(), ofWorker: true })
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  const all = await Promise.all(workers.map(ask))
  process.send?.([own(), ...all].reduce(add))
})
// Being asked is no reason to stay, and nobody there to ask is one to go: a bench that broke leaves none.
process.channel?.unref()
process.on('disconnect', () => process.exit())

function own(): Used {
  const { user, system } = process.cpuUsage()
  return { microseconds: user + system, bytes: process.memoryUsage.rss() }
}

function ask(worker: Worker): Promise<Used> {
  const { promise, resolve } = Promise.withResolvers<Used>()
  const onMessage = (message: unknown) => {
    if (!isAnswer(message)) return
    worker.off('message', onMessage)
    resolve(message)
  }
  worker.on('message', onMessage).send(question)
  return promise
}

function add(one: Used, other: Used): Used {
  return {
    microseconds: one.microseconds + other.microseconds,
    bytes: one.bytes + other.bytes,
  }
}

function isQuestion(message: unknown): boolean {
  return Object(message).asksFor === question.asksFor
}

function isAnswer(message: unknown): message is Answer {
  return Object(message).ofWorker === true
}
