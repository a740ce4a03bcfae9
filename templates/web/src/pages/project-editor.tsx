import { useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { useSending } from '../parts/use-sending.ts'
import { findDraft, keepDraft } from '../project-draft.ts'
import { type NewProject, type Project, projects } from '../projects.ts'

interface ProjectEditorProps {
  /** Null for a new project. */
  readonly project: Project | null
  /** The user who is typing. */
  readonly userId: string
  readonly onSaved: (project: Project) => void
  readonly onClose: () => void
}

export function ProjectEditor({ project, userId, onSaved, onClose }: ProjectEditorProps) {
  // What was typed before the session ended, or before the user left the page.
  const [draft] = useState(() => findDraft(userId))
  const { title, description } = draft?.typed ?? project ?? nothing
  const submit = project ? 'Save changes' : 'Create project'
  const { state, run } = useSending({ submit }, async (typed: NewProject) => {
    const saved = await (project ? projects.update(project.id, typed) : projects.create(typed))
    keepDraft(null)
    onSaved(saved)
  })
  const close = () => {
    keepDraft(null)
    onClose()
  }
  return (
    <Dialog title={project ? 'Edit project' : 'New project'} onClose={close}>
      {draft && (
        <p className="note" role="status">
          This has not been saved yet.
        </p>
      )}
      <Form
        state={state}
        submit={submit}
        onType={(typed) => keepDraft({ userId, project, typed: read(typed) })}
        onSend={(typed) => void run(read(typed))}
        onCancel={close}
      >
        <Field label="Title" name="title" defaultValue={title} />
        <Field
          label="Description (optional)"
          name="description"
          rows={4}
          defaultValue={description ?? ''}
        />
      </Form>
    </Dialog>
  )
}

const nothing: NewProject = { title: '', description: null }

function read({ title = '', description = '' }: Record<string, string>): NewProject {
  return { title, description: description || null }
}
