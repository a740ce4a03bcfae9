// A claim is renewed while its mail is tried, and not behind what became of that.
import { expect, onTestFinished, test, vi } from 'vitest'
import { createPost, startSending } from './outbox-harness.ts'

test.each(['while the mail is tried', 'as the outcome is recorded'])(
  'a claim that is to be renewed %s puts off no other attempt',
  async (when) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const post = createPost()
    const { ask, auth, clock, messages, outbox, signUp } = await startSending(post)
    await signUp('ann')
    await ask('ann')
    const { store } = auth.config
    const { transaction } = store
    const late = async () => {
      for (const _ of Array(20)) await store.ping()
    }
    post.answer = async () => {
      // The renewal is slow to reach the database.
      const slow: typeof transaction = (work) => late().then(() => transaction(work))
      const recording: typeof transaction = async (work) => {
        store.transaction = transaction
        const recorded = await transaction(work)
        vi.advanceTimersByTime(10_000)
        return recorded
      }
      if (when === 'as the outcome is recorded') store.transaction = recording
      else {
        store.transaction = slow
        vi.advanceTimersByTime(10_000)
        store.transaction = transaction
      }
      return { status: 'unavailable', reason: 'away' }
    }
    await outbox.deliverDue()
    await late()
    await late()
    expect(await messages()).toMatchObject([{ status: 'queued', dueAt: clock() }])
  },
)
