import { UserError } from "../../components/core/user-error";
import { dateTimeText } from "../core/date-time-text";
import { minutesText } from "../core/duration";
import type { PlannedStep } from "../ports/events";
import { isRollback, type RunState, type StepContext } from "./context";
import { stepsLeft } from "./plan";

/**
 * Warns if the credentials end before the run is expected to: then it would stop half-way. How long people take to approve nobody knows, so the
 * whole limit counts.
 * @throws UserError for a deploy that has changed nothing yet, if even the least time that it takes is too long
 */
export function checkTimeLeft(context: StepContext, state: RunState, steps: readonly PlannedStep[]): void {
  const { credentialsEndMs: endMs, clock, settings, emit } = context;
  if (endMs === null) return;
  const atMs = clock.now();
  const leftMs = endMs - atMs;
  const { approval, progress } = state;
  const approvalMs = approval && !approval.given && !isRollback(state) ? approval.withinMs : 0;
  const known = steps.filter(({ step }) => step !== "approve");
  const expectedMs = sum(known.map(({ expectedSeconds }) => expectedSeconds)) * 1000;
  if (expectedMs + approvalMs <= leftMs) return;
  const leastMs = sum(stepsLeft(context, state).map(({ step, ...work }) => step.floorSeconds(work, settings))) * 1000;
  const isRefused = leastMs > leftMs && !progress.preflight && !isRollback(state);
  const wait = approvalMs === 0 ? "" : ` and waits up to ${minutesText(approvalMs)} for approval`;
  const message = `the run takes ${isRefused ? `at least ${minutesText(leastMs)}` : `about ${minutesText(expectedMs)}`}${wait}, and the AWS credentials end in ${minutesText(Math.max(0, leftMs))} (${dateTimeText(endMs)} UTC): renew them first; on GitHub ask for a longer session by \`role-duration-seconds\`, up to the deploy role's maximum session duration`;
  if (isRefused) throw new UserError(message, { exitCode: 1 });
  emit({ type: "warning", atMs, message });
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
