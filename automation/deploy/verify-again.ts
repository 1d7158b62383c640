import { type RunState, withoutDone } from "./context";

/** Short enough for what can fail in that time to be rare, and longer than most tests: a worker is verified for `deploy.steadySeconds` each time. */
const FRESH_MS = 60_000;

/**
 * The state after a step between verify and the cutover: if it took long, the plan has `verify` again, because the release may have failed
 * meanwhile.
 */
export function verifiedAgainAfter(tookMs: number, state: RunState): RunState {
  return tookMs < FRESH_MS ? state : withoutDone(state, "verify", Object.keys(state.desired));
}
