import { UserError } from "../../components/core/user-error";
import { dateTimeText } from "../core/date-time-text";
import { minutesText } from "../core/duration";
import type { PlannedStep } from "../ports/events";
import { isRollback, type RunState, type StepContext } from "./context";
import { stepsLeft } from "./plan";

/**
 * Warns if the credentials end before the run is expected to: then it would stop half-way.
 * @throws UserError for a deploy that has changed nothing yet, if even the least time that it takes is too long
 */
export function checkTimeLeft(context: StepContext, state: RunState, steps: readonly PlannedStep[]): void {
  const problem = timeLeftProblem(context, state, steps);
  if (problem?.isRefused) throw new UserError(problem.message, { exitCode: 1 });
  if (problem) context.emit({ type: "warning", atMs: context.clock.now(), message: problem.message });
}

/**
 * Returns what is wrong with the time that the credentials have left, and whether a run would be refused for it; null if it is
 * enough. How long people take to approve nobody knows, so the whole limit counts.
 */
export function timeLeftProblem(
  context: StepContext,
  state: RunState,
  steps: readonly PlannedStep[],
): { message: string; isRefused: boolean } | null {
  const { credentialsEndMs: endMs, clock, settings } = context;
  if (endMs === null) return null;
  const leftMs = endMs - clock.now();
  const { approval, progress } = state;
  const approvalMs = approval && !approval.given && !isRollback(state) ? approval.withinMs : 0;
  const known = steps.filter(({ step }) => step !== "approve");
  const expectedMs = sum(known.map(({ expectedSeconds }) => expectedSeconds)) * 1000;
  if (expectedMs + approvalMs <= leftMs) return null;
  const leastMs = sum(stepsLeft(context, state).map(({ step, ...work }) => step.floorSeconds(work, settings))) * 1000;
  const isRefused = leastMs > leftMs && !progress.preflight && !isRollback(state);
  const wait = approvalMs === 0 ? "" : ` and waits up to ${minutesText(approvalMs)} for approval`;
  const message = `the run takes ${isRefused ? `at least ${minutesText(leastMs)}` : `about ${minutesText(expectedMs)}`}${wait}, and the AWS credentials end in ${minutesText(Math.max(0, leftMs))} (${dateTimeText(endMs)} UTC): renew them first; on GitHub ask for a longer session by \`role-duration-seconds\`, up to the deploy role's maximum session duration`;
  return { message, isRefused };
}

/**
 * Returns when the credentials of an environment end, in Unix milliseconds; null for those without a known end, and for a profile or a
 * machine's role, whose credentials the SDKs renew. `aws configure export-credentials` and others set the time beside the keys.
 */
export function credentialsEndMs(environment: NodeJS.ProcessEnv): number | null {
  const { AWS_PROFILE, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION, AWS_SESSION_EXPIRATION } = environment;
  const endMs = Date.parse(AWS_CREDENTIAL_EXPIRATION || AWS_SESSION_EXPIRATION || "");
  return AWS_PROFILE || !AWS_SESSION_TOKEN || Number.isNaN(endMs) ? null : endMs;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
