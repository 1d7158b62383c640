import { COLOURS, type Colour } from "../../components/core/colour-name";
import { countOf } from "../../components/core/count-of";
import type { Live } from "../../components/live/live";
import type { Settings } from "../../components/settings/settings";
import { type ReleaseSummary, summaryOf, typed } from "../core/desired-releases";
import type { RunState, StepContext } from "../deploy/context";
import { stepsLeft } from "../deploy/plan";
import { plannedSteps } from "../deploy/planned-steps";
import type { PlannedWork } from "../deploy/step";
import { preflight } from "../deploy/steps/preflight";
import { timeLeftProblem } from "../deploy/time-left";
import type { PlannedStep } from "../ports/events";
import type { OpeningCommand } from "../ports/journal";
import type { DeployStore } from "../ports/store";
import { type Change, counted, type Operation } from "./change";
import type { PreviewOptions } from "./stack-copy";

const SECONDS_PER_HOUR = 3_600;

/** A whole run before it starts. `plan --json` prints it. */
export interface DeployPlan extends ReleaseSummary {
  stack: string;
  command: OpeningCommand;
  /** State of production, as preflight would report it. */
  preflight: string;
  /** What may prevent the run, such as a run that holds the lease: one line each. */
  notes: string[];
  /** Empty if the desired releases are active already. */
  steps: PlanStep[];
  totals: {
    ups: number;
    /** Number of resources that any `up` changes, each counted once. */
    resources: number;
    expectedSeconds: number;
    /** Instance-hours that are needed only because both colours run. */
    doubleRunningInstanceHours: number;
  };
}

export interface PlanStep extends PlannedStep {
  /** What the step does to each colour; "" if the title says all. */
  detail: string;
  /** Null for a step that only checks, waits or runs a command. */
  up: PlannedUp | null;
}

export interface PlannedUp {
  /** Counted from 1. */
  number: number;
  counts: Record<Operation, number>;
  changes: Change[];
}

/** Previews successive `up`s, each based on the state that the one before it would leave. */
export interface SuccessiveUps {
  up(live: Live, options: PreviewOptions): Promise<Change[]>;
}

/**
 * Returns what a run from this state would do. It checks production as preflight does and changes nothing.
 * @throws UserError, StepFailed if preflight would refuse the run, or with the engine's message
 */
export async function deployPlan(
  context: StepContext,
  store: DeployStore,
  start: RunState,
  copy: SuccessiveUps,
  notes: readonly string[],
): Promise<DeployPlan> {
  const first = (await plannedSteps(context, store, start)).filter(({ step }) => step === "preflight");
  const services = start.requests.map(({ service }) => service);
  const { state, detail } = await preflight.perform(context, start, { services, intended: null });
  const left = stepsLeft(context, state);
  const expected = await plannedSteps(context, store, state);
  const timeLeft = timeLeftProblem(context, start, [...first, ...expected]);
  const steps: PlanStep[] = (expected.length > 0 ? first : []).map((step) => ({ ...step, detail: "", up: null }));
  const periods = [];
  let at = state;
  for (const [index, step] of expected.entries()) {
    const work = left[index]!;
    const after = work.step.intend?.(context, at, work) ?? null;
    const number = steps.filter(({ up }) => up).length + 1;
    const changes = after && (await copy.up(after, previewOptions(context, step)));
    steps.push({
      ...step,
      detail: forecastOf(work, at, after ?? at.live, context.settings),
      up: changes && { number, counts: counted(changes), changes },
    });
    periods.push({ before: at.live, after: after ?? at.live, seconds: step.expectedSeconds });
    at = { ...at, live: after ?? at.live };
  }
  const urns = steps.flatMap(({ up }) => (up?.changes ?? []).map(({ urn }) => urn));
  return {
    stack: context.stack.name,
    command: start.command,
    ...summaryOf(state.desired, start.live),
    preflight: detail,
    notes: timeLeft ? [...notes, timeLeft.message] : [...notes],
    steps,
    totals: {
      ups: steps.filter(({ up }) => up).length,
      resources: new Set(urns).size,
      expectedSeconds: steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0),
      doubleRunningInstanceHours:
        doubleRunningHours(periods, Object.keys(state.desired)) +
        keptWarmHours(start.live, at, Object.keys(state.desired)),
    },
  };
}

/** A part of a run, such as a step. */
interface Period {
  /** Live state at the beginning and at the end. */
  before: Live;
  after: Live;
  seconds: number;
}

/**
 * Returns the instance-hours that are needed only because both colours run: in each period, the size of the smaller
 * colour of each given service. An instance that starts or ends in a period counts for all of it.
 */
export function doubleRunningHours(periods: readonly Period[], services: readonly string[]): number {
  const seconds = periods.map((period) => {
    const extra = services.map((name) => Math.min(...COLOURS.map((colour) => largest(period, name, colour))));
    return period.seconds * extra.reduce((sum, count) => sum + count, 0);
  });
  return seconds.reduce((sum, one) => sum + one, 0) / SECONDS_PER_HOUR;
}

/** Returns the instance-hours of the old colours that the run leaves warm. */
function keptWarmHours(
  before: Live,
  { live: after, keepWarmMs = 0 }: Pick<RunState, "live" | "keepWarmMs">,
  services: readonly string[],
): number {
  const sizes = services.flatMap((name) =>
    COLOURS.map((colour) => {
      const { size, until } = after.services[name]!.colours[colour];
      return until === before.services[name]!.colours[colour].until ? 0 : size;
    }),
  );
  const instances = sizes.reduce((sum, size) => sum + size, 0);
  return (instances * keepWarmMs) / 1000 / SECONDS_PER_HOUR;
}

function largest({ before, after }: Period, service: string, colour: Colour): number {
  return Math.max(before.services[service]!.colours[colour].size, after.services[service]!.colours[colour].size);
}

function previewOptions(context: StepContext, { step }: PlannedStep): PreviewOptions {
  const { signal, emit, clock } = context;
  return { signal, onProgress: (message) => emit({ type: "progress", atMs: clock.now(), step, message }) };
}

/** Returns what the step's `up` does to each service; "" if the title says all. */
function forecastOf({ step, ...work }: PlannedWork, state: RunState, after: Live, settings: Settings): string {
  return work.services.flatMap((name) => step.forecast?.(name, state, after, work, settings) ?? []).join(", ");
}

/** Returns the plan in one sentence. */
export function planSummary({ stack, command, releases, steps, totals }: DeployPlan): string {
  const asked = typed(Object.fromEntries(Object.entries(releases).map(([service, { name }]) => [service, name])));
  if (steps.length === 0) return `Nothing to do: ${asked} is active on ${stack} already.`;
  const what = {
    deploy: `Deploy ${asked} to ${stack}`,
    restart: `Restart ${asked} on ${stack}`,
    rollback: `Roll ${stack} back to ${asked}`,
    retire: `Stop the old colours that are still warm, and keep ${asked} on ${stack}`,
  }[command];
  const { ups, resources, expectedSeconds, doubleRunningInstanceHours } = totals;
  const double =
    doubleRunningInstanceHours > 0 ? `; ${doubleRunningInstanceHours.toFixed(2)} instance-hours run double` : "";
  return (
    `${what}: ${countOf(ups, "`up`")} ${ups === 1 ? "changes" : "change"} ${countOf(resources, "resource")}, ` +
    `in about ${Math.max(1, Math.round(expectedSeconds / 60))} min${double}.`
  );
}
