import { useSession } from 'latchkey/react'
import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { ListView, Row } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Time } from '../parts/time.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useList } from '../parts/use-list.ts'
import { findDraft, type ProjectDraft } from '../project-draft.ts'
import { type Project, projects } from '../projects.ts'
import { ProjectEditor } from './project-editor.tsx'

const ask = async (cursor: string | null) => {
  const { projects: items, next_cursor: next } = await projects.list(cursor)
  return { items, next }
}

type Open =
  | { readonly kind: 'none' }
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'delete'; readonly project: Project }

/** The projects of the logged-in user. */
export default function HomePage() {
  const list = useList(ask)
  const toast = useToast()
  const session = useSession()
  const userId = session.status === 'signed_in' ? session.user.id : ''
  const [open, setOpen] = useState(() => reopen(findDraft(userId)))
  const close = () => setOpen((now) => (now === open ? { kind: 'none' } : now))
  const saved = (project: Project) => {
    close()
    list.put(project)
    toast(open.kind === 'new' ? 'Project created.' : 'Changes saved.')
  }
  const deleted = ({ id }: Project) => {
    close()
    list.remove(id)
    toast('Project deleted.')
  }
  return (
    <Page
      title="Projects"
      action={
        <button type="button" onClick={() => setOpen({ kind: 'new' })}>
          New project
        </button>
      }
    >
      <ListView list={list} empty={<NoProjects />}>
        {(project) => <ProjectRow key={project.id} project={project} onOpen={setOpen} />}
      </ListView>
      {open.kind === 'new' && (
        <ProjectEditor project={null} userId={userId} onSaved={saved} onClose={close} />
      )}
      {open.kind === 'edit' && (
        <ProjectEditor project={open.project} userId={userId} onSaved={saved} onClose={close} />
      )}
      {open.kind === 'delete' && (
        <ConfirmDialog
          title="Delete project?"
          submit="Delete project"
          act={() => projects.delete(open.project.id)}
          onDone={() => deleted(open.project)}
          onClose={close}
        >
          <strong>{open.project.title}</strong> will be deleted for good.
        </ConfirmDialog>
      )}
    </Page>
  )
}

// Users who were logged out while typing, or pressed Back in the browser, continue where they were.
function reopen(draft: ProjectDraft | null): Open {
  if (!draft) return { kind: 'none' }
  return draft.project ? { kind: 'edit', project: draft.project } : { kind: 'new' }
}

function NoProjects() {
  return (
    <>
      <Icon path="M3 7.5A1.5 1.5 0 0 1 4.5 6h4.6l2 2.5h8.4A1.5 1.5 0 0 1 21 10v7.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5ZM12 11.5v4.5m-2.25-2.25h4.5" />
      <h2>No projects yet</h2>
      <p>Create your first one: all it needs is a title.</p>
    </>
  )
}

function ProjectRow({ project, onOpen }: { project: Project; onOpen: (open: Open) => void }) {
  const { title, description, created_at } = project
  return (
    <Row
      actions={
        <>
          <button type="button" className="plain" onClick={() => onOpen({ kind: 'edit', project })}>
            Edit<span className="hidden"> {title}</span>
          </button>
          <button
            type="button"
            className="plain danger"
            onClick={() => onOpen({ kind: 'delete', project })}
          >
            Delete<span className="hidden"> {title}</span>
          </button>
        </>
      }
    >
      <h2>{title}</h2>
      {description && <p className="text">{description}</p>}
      <p className="muted">
        Created <Time at={created_at} />
      </p>
    </Row>
  )
}
