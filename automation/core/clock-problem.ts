import { minutesText } from "./duration";

/** Far less than a period of CloudWatch's metrics, which are judged by the minute, and far more than a clock that is kept in time differs. */
const MOST_DIFFERENCE_MS = 30_000;

/**
 * Returns what is wrong with this machine's clock, or null.
 * @param aheadMs how far it is ahead of AWS's; null where nobody knows
 */
export function clockProblem(aheadMs: number | null): string | null {
  if (aheadMs === null || Math.abs(aheadMs) <= MOST_DIFFERENCE_MS) return null;
  return `this machine's clock is ${minutesText(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"} AWS's`;
}
