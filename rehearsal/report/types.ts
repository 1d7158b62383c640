import type { DeployEvent } from "../../automation/events";
import type { Colour } from "../../components/colour-name";
import type { CloudEvent } from "../cloud/events";

interface RehearsalSettings {
  cutover: "routed" | "dns";
  speed: number;
  ratePerSecond: number;
  /** Drain in AWS seconds, as asked for (80 by default). */
  drainSeconds: number;
  services: string[];
}

/** Everything that the report is made from. */
export interface RehearsalRecord {
  settings: RehearsalSettings;
  /** The events of every deploy under traffic, in order. */
  deploys: DeployEvent[][];
  /** NDJSON written by the traffic process (RequestSample and DnsSample). */
  trafficFile: string;
  /** How often services processed each POST, by post id, read from the tasks' logs. */
  processed: Map<string, number>;
  /** What the cloud did. */
  cloud: CloudEvent[];
  /** Image reference (the x-release header's value) by colour and time: which colour ran a release. */
  releases: {
    release: string;
    colour: Colour /** 0 for what ran before, n for what deploy n brought. */;
    deploy: number;
  }[];
}

export interface ClassTotals {
  sent: number;
  ok: number;
  failed: number;
  /** POSTs that no service processed. */
  lost: number;
  /** POSTs that were processed more than once. */
  doubled: number;
  /** Count by error class. */
  errors: Record<string, number>;
  latencyMs: { p50: number; p99: number; max: number };
}

/** out/rehearsal/report.json. The keys that `design.md` §6 names are a contract; more may be added. Times count from the first request. */
export interface RehearsalReport {
  ok: boolean;
  cutover: "routed" | "dns";
  speed: number;
  services: string[];
  /** Why it is not ok, else "". */
  reason: string;
  failedStep: string | null;
  deploys: number;
  /** The active colour before the first deploy and after each one: one more than there are deploys. Of the first service. */
  colours: Colour[];
  ratePerSecond: number;
  /** AWS seconds. */
  drainSeconds: number;
  /** ISO 8601, the moment that all times count from. */
  firstRequestAt: string;
  /** From the first request to the last answer. */
  durationMs: number;
  steps: { deploy: number; name: string; startedAtMs: number; endedAtMs: number; ok: boolean; detail: string }[];
  traffic: { honest: ClassTotals; sticky: ClassTotals; keepAlive: ClassTotals };
  /** Of the last deploy. Milliseconds from the first request; null when no answer came from a new release. */
  change: { firstNewAtMs: number | null; lastOldAtMs: number | null; mixedMs: number | null };
  controller: { upSeconds: number[]; totalSeconds: number; waitedSeconds: number; overheadSeconds: number };
}
