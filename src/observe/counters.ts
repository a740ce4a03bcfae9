import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

// In seconds: from a look-up in memory to one in a distant database.
const checkBuckets = [
  0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1,
  0.5, 2,
]

// In seconds: from a token check to a log-in that waited for its hash.
const requestBuckets = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
]

/** The metrics that are counted as things happen. No label has a value that a client can choose. */
export type Counters = ReturnType<typeof addCounters>

export function addCounters(registry: Registry) {
  const registers = [registry]
  return {
    requests: new Counter({
      name: 'latchkey_http_requests_total',
      help: 'Requests that were answered, by route and status',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    requestDurations: new Histogram({
      name: 'latchkey_http_request_duration_seconds',
      help: 'How long a request took to answer, by route',
      labelNames: ['method', 'route'],
      buckets: requestBuckets,
      registers,
    }),
    checkDurations: new Histogram({
      name: 'latchkey_token_check_duration_seconds',
      help: 'How long it took to find out whose a token is, by its kind',
      labelNames: ['kind'],
      buckets: checkBuckets,
      registers,
    }),
    refusals: new Counter({
      name: 'latchkey_rate_limited_total',
      help: 'Attempts that were told to wait, by act',
      labelNames: ['act'],
      registers,
    }),
    mails: new Counter({
      name: 'latchkey_outbox_ended_total',
      help: 'Mails that were sent or given up, by kind and end',
      labelNames: ['kind', 'end'],
      registers,
    }),
    sweeps: new Counter({
      name: 'latchkey_sweeps_total',
      help: 'Sweeps, by result',
      labelNames: ['result'],
      registers,
    }),
    sweptRows: new Counter({
      name: 'latchkey_swept_rows_total',
      help: 'Rows that were over and were deleted, by table',
      labelNames: ['table'],
      registers,
    }),
    lastSweep: new Gauge({
      name: 'latchkey_last_sweep_timestamp_seconds',
      help: 'When a sweep ended well; 0 where none has since the server started',
      aggregator: 'max',
      registers,
    }),
  }
}
