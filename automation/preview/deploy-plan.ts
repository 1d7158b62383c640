import type { Live } from "../../components/live/live";
import { typed } from "../core/desired-releases";
import type { RunState, StepContext } from "../deploy/context";
import { stepsLeft } from "../deploy/plan";
import { plannedSteps } from "../deploy/planned-steps";
import type { PlannedWork } from "../deploy/step";
import { preflight } from "../deploy/steps/preflight";
import type { PlannedStep } from "../ports/events";
import type { DeployStore } from "../ports/store";
import { type Change, counted, type Operation } from "./change";
import { doubleRunningHours } from "./double-running";
import type { PreviewOptions } from "./stack-copy";

/** A whole run before it starts: what `plan --json` prints. */
export interface DeployPlan {
  stack: string;
  command: "deploy" | "rollback";
  /** Releases that shall be active, by service; images are pinned by digest. */
  releases: Record<string, { name: string; image: string }>;
  /** What was seen of production: what preflight would say. */
  preflight: string;
  /** What may come between, such as a run that holds the lease: one line each. */
  notes: string[];
  /** Empty if what was asked for is active already. */
  steps: PlanStep[];
  totals: {
    ups: number;
    /** Resources that some `up` changes, each once. */
    resources: number;
    expectedSeconds: number;
    /** Hours of instances that run only because both colours do. */
    doubleRunningInstanceHours: number;
  };
}

export interface PlanStep extends PlannedStep {
  /** What it does to which colours, in words; "" where the title says all. */
  detail: string;
  /** Null for a step that only looks, waits or runs something. */
  up: PlannedUp | null;
}

export interface PlannedUp {
  /** From 1. */
  number: number;
  counts: Record<Operation, number>;
  changes: Change[];
}

/** Previews `up`s one after another, each on what the one before it would leave. */
export interface Rehearsed {
  up(live: Live, options: PreviewOptions): Promise<Change[]>;
}

/**
 * What the run that begins there would do. It looks at production as preflight does and changes nothing.
 * @throws UserError, StepFailed with what preflight would end the run for, or with the engine's own words
 */
export async function deployPlan(
  context: StepContext,
  store: DeployStore,
  start: RunState,
  copy: Rehearsed,
  notes: readonly string[],
): Promise<DeployPlan> {
  const first = (await plannedSteps(context, store, start)).filter(({ step }) => step === "preflight");
  const services = start.requests.map(({ service }) => service);
  const { state, detail } = await preflight.perform(context, start, { services, intended: null });
  const left = stepsLeft(context, state);
  const expected = await plannedSteps(context, store, state);
  const steps: PlanStep[] = (expected.length > 0 ? first : []).map((step) => ({ ...step, detail: "", up: null }));
  const stretches = [];
  let at = state;
  for (const [index, step] of expected.entries()) {
    const work = left[index]!;
    const after = work.step.intend?.(context, at, work) ?? null;
    const number = steps.filter(({ up }) => up).length + 1;
    const changes = after && (await copy.up(after, previewOptions(context, step)));
    steps.push({
      ...step,
      detail: forecastOf(work, at, after ?? at.live),
      up: changes && { number, counts: counted(changes), changes },
    });
    stretches.push({ before: at.live, after: after ?? at.live, seconds: step.expectedSeconds });
    at = { ...at, live: after ?? at.live };
  }
  const urns = steps.flatMap(({ up }) => (up?.changes ?? []).map(({ urn }) => urn));
  return {
    stack: context.stack.name,
    command: start.command,
    releases: Object.fromEntries(
      Object.entries(state.desired).flatMap(([service, release]) => (release ? [[service, { ...release }]] : [])),
    ),
    preflight: detail,
    notes: [...notes],
    steps,
    totals: {
      ups: steps.filter(({ up }) => up).length,
      resources: new Set(urns).size,
      expectedSeconds: steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0),
      doubleRunningInstanceHours: doubleRunningHours(stretches, Object.keys(state.desired)),
    },
  };
}

function previewOptions(context: StepContext, { step }: PlannedStep): PreviewOptions {
  const { signal, emit, clock } = context;
  return { signal, onProgress: (message) => emit({ type: "progress", atMs: clock.now(), step, message }) };
}

/** What the step's `up` does to each service, in words; "" where the title says all. */
function forecastOf({ step, ...work }: PlannedWork, state: RunState, after: Live): string {
  return work.services.flatMap((name) => step.forecast?.(name, state, after, work) ?? []).join(", ");
}

/** The plan in one sentence. */
export function planSummary({ stack, command, releases, steps, totals }: DeployPlan): string {
  const asked = typed(Object.fromEntries(Object.entries(releases).map(([service, { name }]) => [service, name])));
  if (steps.length === 0) return `Nothing to do: ${asked} is active on ${stack} already.`;
  const what = command === "deploy" ? `Deploy ${asked} to ${stack}` : `Roll ${stack} back to ${asked}`;
  const { ups, resources, expectedSeconds, doubleRunningInstanceHours } = totals;
  const double =
    doubleRunningInstanceHours > 0 ? `; ${doubleRunningInstanceHours.toFixed(2)} instance-hours run double` : "";
  return (
    `${what}: ${countOf(ups, "`up`")} ${ups === 1 ? "changes" : "change"} ${countOf(resources, "resource")}, ` +
    `in about ${Math.max(1, Math.round(expectedSeconds / 60))} min${double}.`
  );
}

function countOf(count: number, noun: string): string {
  if (noun === "`up`") return count === 1 ? "1 `up`" : `${count} \`up\`s`;
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
