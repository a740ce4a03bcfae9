// Preloaded into every server: says what processor time its process has used, all threads counted.
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ microseconds: user + system, bytes: process.memoryUsage.rss() })
})
// Being asked is no reason to stay, and nobody there to ask is one to go: a bench that broke leaves none.
process.channel?.unref()
process.on('disconnect', () => process.exit())
