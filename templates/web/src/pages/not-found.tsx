import { NarrowPage } from '../parts/page.tsx'
import { ToProjects } from '../parts/to-projects.tsx'

export default function NotFoundPage() {
  return (
    <NarrowPage title="Page not found">
      <p>This page doesn’t exist. If you followed a link in an email, try opening it again.</p>
      <ToProjects />
    </NarrowPage>
  )
}
