import { ok } from 'node:assert/strict'
import type { Message, MessageKind, NewMessage } from '../../core/mail.ts'
import type { Store } from '../../core/store.ts'
import { later, newEmailAddress, noon, run } from './contract.ts'

export function newMessage(kind: MessageKind = 'password_reset'): NewMessage {
  const recipient = newEmailAddress()
  return {
    kind,
    recipient,
    userId: null,
    apiKeyId: null,
    queuedAt: noon,
    giveUpAt: later(86_400_000),
  }
}

export function queue(store: Store, message: NewMessage): Promise<void> {
  return run(store, (each) => each.insertMessage(message))
}

export function list(store: Store): Promise<Message[]> {
  return store.listMessages(null, { limit: 100 })
}

export function update(store: Store, message: Message): Promise<Message | null> {
  return run(store, (each) => each.updateMessage(message))
}

export function tryClaim(store: Store, now: Date): Promise<Message | null> {
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  const times = { now, until: after(60_000), latest: after(3_660_000) }
  return run(store, (each) => each.claimMessage(times))
}

export async function claim(store: Store, now = noon): Promise<Message> {
  const message = await tryClaim(store, now)
  ok(message, 'No message was due')
  return message
}

export function recipientsOf(messages: readonly Message[]): string[] {
  return messages.map(({ recipient }) => recipient)
}
