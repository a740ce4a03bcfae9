/** Checks again and again until it holds, for ten seconds at most. */
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
