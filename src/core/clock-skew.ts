/** By how much the clocks of two processes may differ, in milliseconds. */
export const toleratedSkewMilliseconds = 60_000
