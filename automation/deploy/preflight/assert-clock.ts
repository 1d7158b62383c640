import { clockProblem } from "../../core/clock-problem";
import { StepFailed } from "../../core/errors";
import type { StepContext } from "../context";

/**
 * The deploy judges its release by metrics since the cutover, by this machine's clock. With a wrong one it would judge it by minutes in which it had no
 * requests, and find nothing.
 * @throws StepFailed if the clock is wrong, by the answers that AWS has given until now
 */
export function assertClock({ observer }: StepContext): void {
  const problem = clockProblem(observer.clockAheadMs());
  if (problem !== null)
    throw new StepFailed(
      `${problem}, so a deploy would read metrics of the wrong minutes: set it by a time server, and deploy again`,
    );
}
