import { ApiError } from 'latchkey/client'
import { client } from './api.ts'

/** A resource of your API: replace it with your own, or add others. */
export interface Project {
  readonly id: string
  readonly title: string
  readonly description: string | null
  readonly created_at: string
  readonly updated_at: string
}

export interface NewProject {
  readonly title: string
  readonly description: string | null
}

interface ProjectPage {
  readonly projects: readonly Project[]
  readonly next_cursor: string | null
}

export const projects = {
  async list(cursor: string | null): Promise<ProjectPage> {
    const response = await client.fetch(`/v1/projects?limit=20${cursor ? `&cursor=${cursor}` : ''}`)
    return read(response)
  },
  create: (project: NewProject) => send('POST', '/v1/projects', project),
  update: (id: string, project: NewProject) => send('PATCH', `/v1/projects/${id}`, project),
  async delete(id: string): Promise<void> {
    await client.fetch(`/v1/projects/${id}`, { method: 'DELETE' })
  },
}

async function send(method: string, path: string, project: NewProject): Promise<Project> {
  const response = await client.fetch(path, {
    method,
    body: JSON.stringify(project),
    headers: { 'content-type': 'application/json' },
  })
  const answered: { project: Project } = await read(response)
  return answered.project
}

/** @throws ApiError if the answer was cut off, or is the page of a proxy */
async function read<T>(response: Response): Promise<T> {
  const { status } = response
  return response.json().catch((cause) => {
    const refused = {
      code: 'unknown',
      status,
      requestId: null,
      details: [],
      retryAfterSeconds: null,
    }
    throw new ApiError('The answer cannot be used', refused, { cause })
  })
}
