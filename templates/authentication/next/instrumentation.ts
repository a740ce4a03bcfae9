/** Next calls this once, when its server starts, and not when it builds. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startAuthentication } = await import('./authentication.ts')
    await startAuthentication()
  }
}
