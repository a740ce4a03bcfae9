import type { JsonObject } from './row.ts'

const plain = { title: 'First', description: 'plain' }
const marked = { title: '<b>&\u2028 é "q" /', description: null }
const ringing = 'line\nbreak\ttab\u0007 😀'

/** What user one has. The third has no title in Rails; here it needs one. */
export const seededProjects = [plain, marked, { title: 'Untitled', description: ringing }]

const createdAt = '2025-01-02T03:04:05.678Z'
const times = { created_at: createdAt, updated_at: createdAt }

/** The list as Rails answers it. */
export const railsProjects: JsonObject = {
  projects: [plain, marked, { title: null, description: ringing }].map((project) => ({
    id: '<id>',
    user_id: '<id>',
    ...project,
    ...times,
  })),
}

/** The list as we answer it. */
export const ownProjects: JsonObject = {
  projects: seededProjects.map((project) => ({ id: '<id>', ...project, ...times })),
  next_cursor: null,
}
