import { Link } from 'react-router'

/** The link to continue with from a page that is finished. */
export function ToProjects() {
  return (
    <div className="actions">
      <Link className="button" to="/">
        Go to your projects
      </Link>
    </div>
  )
}
