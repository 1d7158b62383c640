/** AWS's words for what an account on its Free plan may not have: a database's backups of some days, most instance types (aws-rules A34, B16). */
const BEYOND_FREE_PLAN = /FreeTierRestrictionError|not eligible for Free Tier/;

/** True if AWS refuses something because the account is on its Free plan. */
export function isBeyondFreePlan(refusal: string): boolean {
  return BEYOND_FREE_PLAN.test(refusal);
}

/** Says what to do: settings that this plan allows may not be enough for the next change. @param what is refused */
export function beyondFreePlan(what: string): string {
  return `the account's Free plan does not allow ${what}: upgrade the plan in the Billing console first, then run this again`;
}
