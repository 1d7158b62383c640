import type { Colour } from "../../../components/core/colour-name";
import type { AnalysedTraffic } from "../../ports/observer";
import type { PlannedStep, RunCommand } from "../../ports/events";
import type { Outcome } from "../../ports/journal";
import type { StepName } from "../../ports/step-names";

/**
 * What the page shows of runs: one shape for a run that goes on and for one that has ended, on AWS and in a rehearsal. Plain data, made from events by pure
 * functions (take-event.ts, take-look.ts). All times but `startMs` are milliseconds from `startMs`.
 */
export interface PageModel {
  kind: "deploy" | "rehearsal";
  stack: string;
  /** Unix milliseconds. */
  startMs: number;
  /** Up to now, or up to the end: what the time axis spans. */
  durationMs: number;
  /** Nothing more will come. */
  isOver: boolean;
  /** In order; a deploy's page has one, or none when the command was refused. */
  runs: PageRun[];
  /** By name, in the order of the stack. */
  services: Record<string, PageService>;
  /** Faults of the rehearsal cloud; none on AWS. */
  faults: PageFault[];
  /** The last thing to know that is no step: who holds the lease, say; "" without. */
  notice: string;
}

export interface PageRun {
  /** Its id, as `history` shows it. */
  deploy: string;
  command: RunCommand;
  /** What was asked for: image or release by service. */
  asked: Record<string, string>;
  startedAtMs: number;
  /** Null while it goes on. */
  endedAtMs: number | null;
  /** What was to be done when it began. */
  planned: PlannedStep[];
  steps: PageStep[];
  /** From when on it went back to what was active before; null if it never did. */
  turned: PageTurn | null;
  /** What was judged of the new release in production, the newest of each step, share and service. */
  judged: PageJudgement[];
  ended: PageEnd | null;
}

export interface PageStep {
  name: StepName;
  title: string;
  /** Of a ramp: percent of production's requests. */
  share: number | null;
  startedAtMs: number;
  /** Null while it runs. */
  endedAtMs: number | null;
  /** Null while it runs. */
  ok: boolean | null;
  /** What was seen, or what failed and why. */
  detail: string;
  /** The last line about it while it runs. */
  progress: string;
  /** Whether it was on the way back. */
  isWayBack: boolean;
}

interface PageTurn {
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

export type PageJudgement = AnalysedTraffic & Pick<PageStep, "share"> & { step: StepName };

export interface PageService {
  /** Null until it is known. */
  active: Colour | null;
  colours: Record<Colour, PageColour>;
  /** Percent of production's requests that each colour gets, from then on; oldest first. */
  shares: { atMs: number; percent: Record<Colour, number> }[];
  /** Which colour's load balancer the production name leads to, from then on; oldest first. */
  names: { atMs: number; colour: Colour }[];
}

interface PageColour {
  /** Name of its release; null without one. */
  release: string | null;
  /** Instances that are wanted. */
  size: number;
  /** Its targets from then on, oldest first; one that was seen of several load balancers counts once, by the worst that they say. */
  targets: TargetCount[];
}

export interface TargetCount {
  atMs: number;
  healthy: number;
  /** Booting, being checked, unhealthy or draining. */
  others: number;
}

export interface PageFault {
  /** Of the cloud, such as `f1`. */
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
  return { ...start, durationMs: 0, isOver: false, runs: [], services: {}, faults: [], notice: "" };
}

export function emptyService(): PageService {
  const colour = (): PageColour => ({ release: null, size: 0, targets: [] });
  return { active: null, colours: { blue: colour(), green: colour() }, shares: [], names: [] };
}
