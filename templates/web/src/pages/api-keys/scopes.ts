/** The `scopes` of your API, and what each lets a program do. */
export const scopes: Readonly<Record<string, string>> = {
  'projects:read': 'See your projects',
  'projects:write': 'Create, change and delete your projects',
}
