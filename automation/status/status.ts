import type { Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { ServiceOutputs } from "../../components/live/outputs";
import type { FreezeWindow } from "../core/freeze-windows";
import type { Unfinished } from "../deploy/unfinished-run";
import type { StepName } from "../ports/step-names";
import type { Freeze, LeaseRecord } from "../ports/store";
import type { Health } from "./health";
import type { JobStatus } from "./job-status";
import type { ActiveSince } from "./runs";
import type { Undeployed } from "./undeployed";

/** What runs, and the run in progress: what `status --json` prints. Times are Unix milliseconds. */
export interface Status {
  stack: string;
  live: Live;
  services: Record<string, ServiceStatus>;
  /** The lease of the run in progress; null without one. */
  lease: LeaseRecord | null;
  /** The step of that run; null without a run, and between its steps. */
  running: { deploy: string; step: StepName; services: string[]; sinceMs: number } | null;
  frozen: Freeze | null;
  /** The window of the settings that freezes deploys now; null in none. */
  freezeWindow: FreezeWindow | null;
  /** Id of the newest run if it is unfinished. */
  unfinished: string | null;
  /** What that run is: which command opened it, for which image or release of each service, and which way it goes and can go. */
  unfinishedRun: UnfinishedRun | null;
  /** Why something of the deploy store could not be read, which is null above then; absent where all of it was read. */
  unread?: Unread;
}

/** Messages, by what they concern: who holds the lease, the newest run, whether deploys are frozen. */
export type Unread = Partial<Record<"lease" | "run" | "freeze", string>>;

interface UnfinishedRun extends Unfinished {
  /** Image or release by service, as it was typed; "" for the image that production ran. */
  asked: Readonly<Record<string, string>>;
}

export interface ServiceStatus extends Pick<ServiceOutputs, "kind" | "exposures">, ActiveSince {
  /** Name of the service's queue; null without one. */
  queue: string | null;
  /** Null for a service that is no job. */
  job: JobStatus | null;
  /** What a deploy without a new image would bring; see `undeployedChanges`. */
  undeployed: Undeployed;
  /** Null at size 0. */
  health: Record<Colour, Health | null>;
}
