/** What people know the application by: the host of its front end. */
export function siteOf(appUrl: string): string {
  return new URL(appUrl).host
}
