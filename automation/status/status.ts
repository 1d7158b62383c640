import type { Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { ServiceOutputs } from "../../components/live/outputs";
import type { StepName } from "../ports/step-names";
import type { Freeze, LeaseRecord } from "../ports/store";
import type { Health } from "./health";

/** What runs and what is done now; with `--json` it is printed as it is. Times are Unix milliseconds. */
export interface Status {
  stack: string;
  live: Live;
  services: Record<string, ServiceStatus>;
  /** Of the run that goes on. */
  lease: LeaseRecord | null;
  /** Where that run is: null without one, and between its steps. */
  running: { deploy: string; step: StepName; services: string[]; sinceMs: number } | null;
  frozen: Freeze | null;
  /** Id of the newest run if something of it is left to do. */
  unfinished: string | null;
}

export interface ServiceStatus extends Pick<ServiceOutputs, "kind" | "exposures"> {
  /** Name of its queue; null without one. */
  queue: string | null;
  /** Since when its active colour is; null where the newest runs do not tell. */
  sinceMs: number | null;
  /** Null at size 0. */
  health: Record<Colour, Health | null>;
}
