/** Of the table in `docs/reference/faults.md`. */
export const columns = [
  ...['scenario', 'database', 'faults', 'distinct points', 'acknowledged', 'unknown', 'seen'],
  ...[
    'lost',
    'resurrected',
    'torn',
    'duplicates',
    'mails lost',
    'given up',
    'recovery s, median',
    'longest',
  ],
] as const
