// Preloaded into every server: says what processor time its processes have used, all threads counted. Not in
// TypeScript: what Node reads that with takes 15 MB.
import cluster from 'node:cluster'

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

// Of a process, or of those together that share a port.
function own() {
  const { user, system } = process.cpuUsage()
  return { microseconds: user + system, bytes: process.memoryUsage.rss() }
}

/** @param {import('node:cluster').Worker} worker */
function ask(worker) {
  const { promise, resolve } = Promise.withResolvers()
  /** @param {unknown} message */
  const onMessage = (message) => {
    if (!isAnswer(message)) return
    worker.off('message', onMessage)
    resolve(message)
  }
  worker.on('message', onMessage).send(question)
  return promise
}

/**
 * @param {ReturnType<typeof own>} one
 * @param {ReturnType<typeof own>} other
 */
function add(one, other) {
  return {
    microseconds: one.microseconds + other.microseconds,
    bytes: one.bytes + other.bytes,
  }
}

/** @param {unknown} message */
function isQuestion(message) {
  return Object(message).asksFor === question.asksFor
}

/** @param {unknown} message */
function isAnswer(message) {
  return Object(message).ofWorker === true
}
