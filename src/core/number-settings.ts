/** A number that can be set: its default, and its bounds, inclusive. */
export interface NumberSetting {
  readonly default: number
  readonly from: number
  readonly to: number
  /** Set if only whole numbers make sense. */
  readonly isWhole?: true
}

/** The numbers among the options of `createAuth`; the environment of a server is read by the same rules. */
export const numberSettings = {
  passwords: {
    minimumLength: { default: 8, from: 8, to: 128, isWhole: true },
  },
  sessions: {
    idleHours: { default: 720, from: 0.01, to: 87_600 },
    maximumHours: { default: 2_160, from: 0.01, to: 87_600 },
    maximumPerUser: { default: 100, from: 1, to: 1_000, isWhole: true },
  },
  apiKeys: {
    defaultDays: { default: 90, from: 1, to: 3_650 },
    maximumDays: { default: 365, from: 1, to: 3_650 },
    maximumPerUser: { default: 100, from: 1, to: 1_000, isWhole: true },
    requestsPerMinute: { default: 600, from: 1, to: 1_000_000, isWhole: true },
  },
  resetTokenMinutes: { default: 15, from: 1, to: 1_440 },
} as const
