// A worker in a process of its own, which can die at any commit: node outbox-worker.ts FILE URL STEP
import { createAuth, createOutbox, createStore } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'
import { openSqlite } from 'latchkey/sqlite'

const [file = '', url = '', fatal = ''] = process.argv.slice(2)
const database = await openSqlite(file)
const store = createStore(database)

// The transactions of one mail, in their order.
const steps = ['claim', 'compose', 'record']

const auth = createAuth({
  store: {
    ...store,
    async transaction(work) {
      const step = steps.shift()
      dieAt(`before ${step}`)
      const result = await store.transaction(async (statements) => {
        const done = await work(statements)
        dieAt(`in ${step}`)
        return done
      })
      dieAt(`after ${step}`)
      return result
    },
  },
})

function dieAt(step: string): void {
  if (step === fatal) process.kill(process.pid, 'SIGKILL')
}

const outbox = createOutbox(auth, {
  transport: smtp({ url }),
  from: 'no-reply@example.com',
  appUrl: 'https://app.example.com',
})
await outbox.deliverDue()
await database.close()
