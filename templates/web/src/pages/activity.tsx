import type { AuditEvent } from 'latchkey/client'
import { useAuth } from 'latchkey/react'
import { useCallback } from 'react'
import { Icon } from '../parts/icon.tsx'
import { ListView, Row } from '../parts/list.tsx'
import { AccountPart } from '../parts/page.tsx'
import { Time } from '../parts/time.tsx'
import { useList } from '../parts/use-list.ts'
import { describe } from './activity/describe.ts'

/** What happened to the account lately. */
export default function ActivityPage() {
  const { client } = useAuth()
  const ask = useCallback(
    async (cursor: string | null) => {
      const { events, next_cursor: next } = await client.events.list(cursor ? { cursor } : {})
      return { items: events, next }
    },
    [client],
  )
  const list = useList(ask)
  return (
    <AccountPart title="Recent activity">
      <p className="intro">
        What happened in your account. If you don’t recognise something, change your password.
      </p>
      <ListView list={list} empty={<p>No activity yet.</p>}>
        {(event) => <EventRow key={event.id} event={event} />}
      </ListView>
    </AccountPart>
  )
}

function EventRow({ event }: { event: AuditEvent }) {
  const { picture, words } = describe(event)
  return (
    <Row icon={<Icon path={picture} />}>
      <h2>{words}</h2>
      <p className="muted">
        <Time at={event.occurred_at} />
        {event.actor === 'operator' && ' by an administrator'}
        {event.ip_address && ` from ${event.ip_address}`}
      </p>
    </Row>
  )
}
