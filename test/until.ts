/** Repeats a check until it does not throw. @throws its last error after ten seconds */
export async function until(check: () => unknown): Promise<void> {
  const latest = performance.now() + 10_000
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (performance.now() > latest) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
