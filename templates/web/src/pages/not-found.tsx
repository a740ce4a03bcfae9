import { NarrowPage } from '../parts/page.tsx'
import { ToProjects } from '../parts/to-projects.tsx'

export default function NotFoundPage() {
  return (
    <NarrowPage title="Page not found">
      <p>There is nothing at this address. If a link in an email led you here, try it once more.</p>
      <ToProjects />
    </NarrowPage>
  )
}
