import type { PageAnalysis, PageFault, PageService } from "../../automation/page/deploy/model";
import type { DeployEvent } from "../../automation/ports/events";
import type { Colour } from "../../components/core/colour-name";
import type { CloudEvent } from "../cloud/kernel/events";
import type { ServiceLogs } from "../environment/service-logs";
import type { ClientClass, TrafficStream } from "../traffic/types";

export interface RehearsalSettings {
  cutover: "routed" | "dns";
  speed: number;
  ratePerSecond: number;
  /** Drain in AWS seconds, as asked for (80 by default). */
  drainSeconds: number;
  services: string[];
}

/** A release of one service. */
interface RecordedRelease {
  service: string;
  /** Image reference, the x-release header's value. */
  release: string;
  /** Which colour ran it, or was to. */
  colour: Colour;
  /** 0 for what ran before the first deploy, n for what deploy n brought. */
  deploy: number;
}

/** Everything that the report is made from. */
export interface RehearsalRecord {
  settings: RehearsalSettings;
  streams: readonly Pick<TrafficStream, "name" | "service">[];
  /** The events of every deploy under traffic, in order. `releases` says what each of them deployed. */
  deploys: DeployEvent[][];
  /** Written by the traffic process (RequestSample and DnsSample). */
  trafficFile: string;
  logs: ServiceLogs;
  /** What the cloud did. */
  cloud: CloudEvent[];
  releases: RecordedRelease[];
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

/** Calls between services, as the caller saw them. */
export interface CallTotals {
  /** One for each request of the class `internal` that was answered with 2xx, and those that failed. */
  made: number;
  failed: number;
  /** Count by reason. */
  errors: Record<string, number>;
}

export interface JobTotals {
  /** Jobs that the queue took from services. */
  sent: number;
  /** Of all jobs, each counted once; those that deploy tests sent, too. */
  done: number;
  /** Sent, or due because the POST was accepted, and not done when the rehearsal ended. */
  lost: number;
  /** Done more than once. No fault: SQS delivers at least once. */
  repeated: number;
  /** Could not be sent; the POST was answered with 502. */
  failed: number;
  /** Count by reason why they could not be sent. */
  errors: Record<string, number>;
}

/** How one service changed over. Milliseconds from the first request; null when nothing came from the new release. */
export interface Change {
  firstNewAtMs: number | null;
  lastOldAtMs: number | null;
  mixedMs: number | null;
}

export interface ServiceChange extends Change {
  deploy: number;
  service: string;
  /** What tells: answers to requests, or jobs that were done. A worker's colours work side by side on purpose. */
  of: "requests" | "jobs";
}

/** A deploy that went back to what was active before it. Milliseconds from the first request. */
export interface TurnBack {
  deploy: number;
  /** The step that failed; null when a person asked for the way back. */
  step: string | null;
  reason: string;
  /** When it was judged, or asked for. */
  atMs: number;
  /** Production's requests that its release answered, and those of them that failed. */
  answers: number;
  failed: number;
  /** Its last answer, and how long after the judgement that was; null if production never reached it. */
  lastBadAtMs: number | null;
  goneAfterMs: number | null;
}

export interface DeployOutcome {
  services: string[];
  /** By service. */
  releases: Record<string, string>;
  ok: boolean;
  startedAtMs: number;
  endedAtMs: number;
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
  /** In order; steps and changes name them by number, from 1. */
  deploys: DeployOutcome[];
  /** By service, the active colour before the first deploy and after each one: one more than there are deploys. */
  colours: Record<string, Colour[]>;
  ratePerSecond: number;
  /** AWS seconds. */
  drainSeconds: number;
  /** ISO 8601, the moment that all times count from. */
  firstRequestAt: string;
  /** From the first request to the last answer. */
  durationMs: number;
  steps: { deploy: number; name: string; startedAtMs: number; endedAtMs: number; ok: boolean; detail: string }[];
  /** `internal` only when a service that calls another one was rehearsed. */
  traffic: Record<ClientClass, ClassTotals> & { internal?: ClassTotals };
  /** Null when no service called another one. */
  calls: CallTotals | null;
  /** Null when no service gave jobs to a worker. */
  jobs: JobTotals | null;
  /** Of `changes`, the one of requests that took longest. */
  change: Change;
  /** Of each deploy and each of its services that traffic reached. */
  changes: ServiceChange[];
  /** Of each deploy that went back, in order. */
  turns: TurnBack[];
  /** Faults of the cloud that were on while there was traffic. */
  faults: PageFault[];
  /** By what the new releases were judged in production. */
  judged: (PageAnalysis & { deploy: number })[];
  /** What part of production's requests the load balancers gave each colour, by service. */
  shares: Record<string, PageService["shares"]>;
  controller: { upSeconds: number[]; totalSeconds: number; waitedSeconds: number; overheadSeconds: number };
}
