import { Link } from 'react-router'

/** The way on from a page that is done. */
export function ToProjects() {
  return (
    <div className="actions">
      <Link className="button" to="/">
        Go to your projects
      </Link>
    </div>
  )
}
