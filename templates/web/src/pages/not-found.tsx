import { Link } from 'react-router'
import { NarrowPage } from '../parts/page.tsx'

export default function NotFoundPage() {
  return (
    <NarrowPage title="Page not found">
      <p>There is nothing at this address. If a link in an email led you here, try it once more.</p>
      <div className="actions">
        <Link className="button" to="/">
          Go to your projects
        </Link>
      </div>
    </NarrowPage>
  )
}
