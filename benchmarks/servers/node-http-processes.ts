// The same limit in as many processes as WEB_CONCURRENCY says, which share a port.
import cluster from 'node:cluster'
import { databaseUrl } from './environment.ts'

if (cluster.isPrimary) {
  for (let left = Number(process.env.WEB_CONCURRENCY); left > 0; left--) cluster.fork()
} else {
  // Keeps a worker alive until it has got its port.
  process.channel?.ref()
  await import(databaseUrl.startsWith('postgres:') ? './node-http-postgres.ts' : './node-http.ts')
}
