import { useAction } from 'latchkey/react'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { type NewProject, type Project, projects } from '../projects.ts'

interface ProjectEditorProps {
  /** Null for a new project. */
  readonly project: Project | null
  readonly onSaved: (project: Project) => void
  readonly onClose: () => void
}

export function ProjectEditor({ project, onSaved, onClose }: ProjectEditorProps) {
  const { state, run } = useAction(async (typed: NewProject) =>
    onSaved(await (project ? projects.update(project.id, typed) : projects.create(typed))),
  )
  return (
    <Dialog title={project ? 'Edit project' : 'New project'} onClose={onClose}>
      <Form
        state={state}
        submit={project ? 'Save changes' : 'Create project'}
        onSend={({ title = '', description = '' }) =>
          void run({ title, description: description || null })
        }
        onCancel={onClose}
      >
        <Field label="Title" name="title" defaultValue={project?.title ?? ''} />
        <Field
          label="Description (optional)"
          name="description"
          rows={4}
          defaultValue={project?.description ?? ''}
        />
      </Form>
    </Dialog>
  )
}
