/** A number that can be set: what it is where nobody sets it, and between what it has to be. */
export interface NumberSetting {
  readonly otherwise: number
  readonly from: number
  readonly to: number
}

/** Those of `createAuth`, which the environment of a server sets by the same rules. */
export const numberSettings = {
  passwords: {
    minimumLength: { otherwise: 8, from: 8, to: 128 },
  },
  sessions: {
    idleHours: { otherwise: 720, from: 0.01, to: 87_600 },
    maximumHours: { otherwise: 2_160, from: 0.01, to: 87_600 },
    maximumPerUser: { otherwise: 100, from: 1, to: 1_000 },
  },
  apiKeys: {
    defaultDays: { otherwise: 90, from: 1, to: 3_650 },
    maximumDays: { otherwise: 365, from: 1, to: 3_650 },
    maximumPerUser: { otherwise: 100, from: 1, to: 1_000 },
    requestsPerMinute: { otherwise: 600, from: 1, to: 1_000_000 },
  },
  resetTokenMinutes: { otherwise: 15, from: 1, to: 1_440 },
} as const
