import type { Colour } from "../../../components/core/colour-name";
import type { ServiceOutputs } from "../../../components/live/outputs";
import type { PlannedStep, RunCommand } from "../../ports/events";
import type { OpeningCommand, Outcome } from "../../ports/journal";
import type { AnalysedTraffic } from "../../ports/observer";
import type { StepName } from "../../ports/step-names";

/**
 * What the page shows of runs: one shape for a run that is under way and for one that has ended, on AWS and in a
 * rehearsal. Plain data, made from events by pure functions (apply-event.ts, service-observation.ts). All times except
 * `startMs` are milliseconds from `startMs`.
 */
export interface PageModel {
  kind: "deploy" | "rehearsal";
  stack: string;
  /** Unix milliseconds. */
  startMs: number;
  /** Until now, or until the end: what the time axis spans. */
  durationMs: number;
  /** Nothing more will come. */
  isOver: boolean;
  /** Oldest first. A deploy's page has one, or none if the command was refused. */
  runs: PageRun[];
  /** By name, in the order of the stack. */
  services: Record<string, PageService>;
  /** Faults of the rehearsal cloud; none on AWS. */
  faults: PageFault[];
  /** The last notice that belongs to no step, such as who holds the lease or why the command was refused; "" without one. */
  notice: string;
  /** Whether the command ended with an error before a run began. */
  isRefused: boolean;
}

export interface PageRun {
  /** Its id, as `history` shows it. */
  deploy: string;
  command: RunCommand;
  /** The command that the run began with. */
  opened: OpeningCommand;
  /** Whether it goes back to what was active before it, from its first step on. */
  isBack: boolean;
  /** What was asked for: image or release by service. */
  asked: Record<string, string>;
  /** Services that had no release before the run. */
  first: string[];
  startedAtMs: number;
  /** Null while the run is under way. */
  endedAtMs: number | null;
  /** Steps that were planned when the run began. */
  planned: PlannedStep[];
  steps: PageStep[];
  /** From when on the run rolled back; null if it did not. */
  rollback: PageRollback | null;
  /** The newest analysis of the new release in production, by step, share and service. */
  analyses: PageAnalysis[];
  ended: PageEnd | null;
}

export interface PageStep {
  name: StepName;
  title: string;
  /** Percent of production's requests, for a ramp; else null. */
  share: number | null;
  startedAtMs: number;
  /** Null while it runs. */
  endedAtMs: number | null;
  /** Null while it runs. */
  ok: boolean | null;
  /** What the step saw, or what failed and why. */
  detail: string;
  /** Its last progress line. */
  progress: string;
  /** Part of a rollback. */
  isRollback: boolean;
}

interface PageRollback {
  atMs: number;
  /** The step that failed; null when a person asked for it. */
  step: StepName | null;
  reason: string;
}

interface PageEnd {
  ok: boolean;
  failedStep: StepName | null;
  reason: string;
  outcome: Outcome;
  totalSeconds: number;
}

export type PageAnalysis = AnalysedTraffic & Pick<PageStep, "share"> & { step: StepName };

export interface PageService {
  /**
   * A worker takes messages from its queue with both colours while both run, and a job runs at the times of its schedule:
   * they have no share of requests and no name.
   */
  kind: ServiceOutputs["kind"];
  /** Null until it is known. */
  active: Colour | null;
  colours: Record<Colour, PageColour>;
  /** Percent of production's requests that each colour gets from a time on; oldest first. Empty for a worker. */
  shares: { atMs: number; percent: Record<Colour, number> }[];
  /** Colour whose load balancer the production name leads to from a time on; oldest first. */
  names: { atMs: number; colour: Colour }[];
  /** When the name was last looked up; null where the rehearsal cloud reports each change. */
  namesSeenAtMs: number | null;
}

interface PageColour {
  /** Name of its release; null without one. */
  release: string | null;
  /** Instances that the live state asks for. */
  size: number;
  /** Its targets from a time on, oldest first. An instance behind several load balancers counts once, by its worst state. */
  targets: TargetCount[];
}

export interface TargetCount {
  atMs: number;
  healthy: number;
  /** Booting, being checked, unhealthy or draining. */
  others: number;
}

export interface PageFault {
  /** Its id in the cloud, such as `f1`. */
  id: string;
  kind: string;
  fromMs: number;
  /** Null while it is on. */
  toMs: number | null;
  /** Its parameters, such as `service=users release=v2`. */
  parameters: string;
  strikes: { atMs: number; where: string }[];
}

/** A page on which nothing has happened yet. */
export function emptyModel(start: Pick<PageModel, "kind" | "stack" | "startMs">): PageModel {
  return { ...start, durationMs: 0, isOver: false, runs: [], services: {}, faults: [], notice: "", isRefused: false };
}

export function emptyService(): PageService {
  const colour = (): PageColour => ({ release: null, size: 0, targets: [] });
  return {
    kind: "api",
    active: null,
    colours: { blue: colour(), green: colour() },
    shares: [],
    names: [],
    namesSeenAtMs: null,
  };
}
