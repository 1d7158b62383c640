import { clockProblem } from "../../core/clock-problem";
import { type Check, ok, skipped, todo } from "../check";

/** Checks that this machine's clock is AWS's: a deploy reads metrics by it. */
export const clock: Check = {
  name: "clock",
  async examine({ account }) {
    const { clockAheadMs } = await account.caller();
    if (clockAheadMs === null) return [skipped("AWS's answer has no time")];
    const problem = clockProblem(clockAheadMs);
    return [
      problem === null ? ok("as AWS's") : todo(problem, "set it by a time server: deploys are refused until then"),
    ];
  },
};
