/** Lengths in milliseconds. */
export interface LeaseTimes {
  /** A lease that is not renewed this long may be taken over. */
  leaseMs: number;
  /** How often it is renewed: often enough to miss two renewals without losing it. */
  renewMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 60_000, renewMs: 15_000 };
