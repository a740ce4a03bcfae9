import { useSession } from 'latchkey/react'
import { AccountPart } from '../parts/page.tsx'
import { AccountEnd } from './account/account-end.tsx'
import { Address } from './account/address.tsx'
import { Password } from './account/password.tsx'

export default function AccountPage() {
  const session = useSession()
  if (session.status !== 'signed_in') return null
  return (
    <AccountPart title="Account">
      <div className="box">
        <Address user={session.user} />
        <Password />
        <AccountEnd />
      </div>
    </AccountPart>
  )
}
