import type { Live } from "../../components/live/live";
import type { Settings } from "../../components/settings/settings";
import type { RunState, StepContext } from "./context";
import type { PlanFacts } from "./plan-facts";

/**
 * One step of a run. Each step is one object in one file under steps/; steps/index.ts lists them in the order of a run. The plan, the runner, the
 * expected durations and the preview use this contract and know no step by name.
 */
export interface Step {
  /** As events, journals and `--json` have it, such as `warm`. */
  readonly name: string;
  /** What the step is called on the screen and in reports. */
  readonly title: string;
  /** The same on the way to a release that was in production before. Default: `title`. */
  readonly rollbackTitle?: string;
  /** True if the step's `up` changes where production's requests go. That of any other step changes how many instances there are. */
  readonly changesRouting?: boolean;

  /** What is left for this step to do, from the facts of the plan; no work, or work without services, where it is done or not needed. Pure. */
  plan(facts: PlanFacts): Work | readonly Work[];

  /**
   * The time that the work takes at least, in seconds. A stack without history expects this. An instance boots, joins its cluster, pulls the image
   * and passes its health checks in two to three minutes; records are in sync within one.
   */
  floorSeconds(work: Work, settings: Settings): number;

  /** Live state that the step's `up` asks for. Absent for a step that changes nothing in the stack. Pure but for the time. */
  intend?(context: Pick<StepContext, "settings" | "clock">, state: RunState, work: Work): Live;

  /** What the `up` does to one service, for a plan that is shown before the run: `users green: v2 on 0 -> 2 instances`. */
  forecast?(service: string, state: RunState, after: Live, work: Work, settings: Settings): string;

  /**
   * Performs the work.
   * @throws StepFailed if what was asked for did not come about: the run may then roll back
   */
  perform(context: StepContext, state: RunState, work: IntendedWork): Promise<StepResult>;
}

export interface Work {
  /** In the order of the desired releases. */
  services: readonly string[];
  /** Percent of production's requests that the new release gets; only in a ramp. */
  share?: number;
}

export interface IntendedWork extends Work {
  /** What `intend` returned: the runner wrote it to the journal before. Null without `intend`. */
  intended: Live | null;
}

interface StepResult {
  state: RunState;
  /** One line: what was seen. */
  detail: string;
}

/** A step with its work: one row of a plan. */
export interface PlannedWork extends Work {
  step: Step;
}

/** @param isRollback whether the run goes to a release that was in production before */
export function titleOf({ title, rollbackTitle = title }: Step, isRollback: boolean): string {
  return isRollback ? rollbackTitle : title;
}
