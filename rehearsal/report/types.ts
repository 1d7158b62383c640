import type { PageAnalysis, PageFault, PageService } from "../../automation/page/deploy/model";
import type { DeployEvent } from "../../automation/ports/events";
import type { Colour } from "../../components/core/colour-name";
import type { Kind } from "../../components/settings/settings";
import type { CloudEvent } from "../cloud/kernel/events";
import type { RunByHand } from "../environment/run-job";
import type { ServiceLogs } from "../environment/service-logs";
import type { ReleaseFault } from "../options";
import type {
  ApiStream,
  ClientClass,
  HostsStream,
  LateStart,
  OpenStreams,
  StoredTable,
  StreamName,
  StreamProtocol,
  TrafficProgress,
  TrafficStream,
} from "../traffic/types";

export interface RehearsalSettings {
  cutover: "routed" | "dns";
  speed: number;
  ratePerSecond: number;
  /** Drain in AWS seconds, as configured (default 80). */
  drainSeconds: number;
  services: string[];
  /** By service. */
  kinds?: Record<string, Kind>;
}

/** A release of one service. */
interface RecordedRelease {
  service: string;
  /** The tasks' variable RELEASE. */
  release: string;
  /** The colour that ran it, or was meant to. */
  colour: Colour;
  /** 0 for a release that ran before the first deploy, n for a release of deploy n. */
  deploy: number;
  /** When its deploy had migrated for it, in Unix milliseconds; absent without a migration. */
  migratedAtMs?: number;
}

/** Everything that the report is made of. */
export interface RehearsalRecord {
  /** The tables that the traffic stored something in, as they were at the end; absent without databases. */
  tables?: StoredTable[];
  settings: RehearsalSettings;
  streams: readonly Pick<TrafficStream, "name" | "service" | "stores" | "protocol" | "getPath" | "probePaths">[];
  /** The service to which pages keep streams open, and its `streams.within` in AWS seconds; absent without such pages. */
  openStreams?: Pick<OpenStreams, "service"> & { withinSeconds: number };
  /** The events of every deploy under traffic, in order; `releases` has what each of them deployed. */
  deploys: DeployEvent[][];
  /** The record of the traffic process (RequestSample and DnsSample). */
  trafficFile: string;
  logs: ServiceLogs;
  /** The cloud's own events. */
  cloud: CloudEvent[];
  releases: RecordedRelease[];
  /** The runs of jobs that the rehearsal has started. Default: none. */
  runsByHand?: RunByHand[];
  /**
   * Unix milliseconds since when the traffic has had its rate; 0 for always. Latency is that of later requests: before,
   * the rate rises, and a rate may be tried that this machine cannot carry.
   */
  atRateSinceMs: number;
  /** The traffic's report in which this machine was furthest behind the rate; null if it always kept up. */
  furthestBehind: TrafficProgress | null;
  /** When this machine let requests begin late, oldest first. */
  lateStarts: readonly LateStart[];
  /** The runs of `make chaos`: their deploys, which end in any way, are not in `deploys`. Absent otherwise. */
  disturbed?: DisturbedRuns;
  /** What was to make the releases of the deploys bad ones. Default: nothing. */
  fault?: ReleaseFault;
  /** What of the stack's settings the rehearsal did not try, in words. Default: nothing. */
  notTriedOfSettings?: readonly string[];
  /** What the settings say of services and the rehearsal did not try, in words. Default: nothing. */
  notTriedOfServices?: readonly string[];
}

/** Runs that were killed, and gone on with. */
interface DisturbedRuns {
  runs: number;
  /** What differs from the end of undisturbed runs, one line each; empty when nothing does. */
  problems: readonly string[];
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
  /** Latency in milliseconds of the requests that were due after the traffic had its rate; failed ones count, too. */
  latencyMs: { p50: number; p99: number; max: number };
}

/** The calls between services, as their callers saw them. */
export interface CallTotals {
  /** One call for each request of the class `internal` that was answered with 2xx, and the calls that failed. */
  made: number;
  /** Requests to the service that is called that its internal load balancers counted, with those of deploy tests. */
  reached: number;
  failed: number;
  /** Count by reason. */
  errors: Record<string, number>;
}

export interface JobTotals {
  /** Jobs that the queue took from services. */
  sent: number;
  /** Jobs that were done, each counted once; with those that deploy tests sent. */
  done: number;
  /** Jobs that were sent, or due because the POST was accepted, and were not done when the rehearsal ended. */
  lost: number;
  /** Jobs that were done more than once, which is no problem: SQS delivers at least once. */
  repeated: number;
  /** Jobs that could not be sent; the POST was answered with 502. */
  failed: number;
  /** Count of failed jobs by reason. */
  errors: Record<string, number>;
}

/** What clients stored in databases, compared row by row at the end. */
export interface DataTotals {
  /** All rows of the tables that clients stored something in. */
  rows: number;
  /** Rows of POSTs that were answered with 2xx, which are not there. */
  lost: number;
  /** POSTs that left more than one row. */
  doubled: number;
  /** Rows with other values than those that were sent. */
  changed: number;
}

/** The streams of one protocol that pages kept open. */
export interface StreamTotals {
  opened: number;
  /** Attempts that opened no stream. */
  refused: number;
  /** Open when the traffic ended. */
  open: number;
  /** Closed by their pages. */
  left: number;
  /** Ended by the service in order. */
  closed: number;
  /** Cut when their colour had been deregistered for `streams.within`, which is what the setting says. */
  cutAtWithin: number;
  /** Cut at any other time. */
  cutBeforeWithin: number;
  /** Opened after production was confirmed, and answered by another colour than the active one. */
  onOldColour: number;
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
  /**
   * What the times are of: answers to requests, or jobs that were done. A worker's colours work side by side on
   * purpose.
   */
  of: "requests" | "jobs";
}

/** A release that answers a class of clients much more slowly than the one before it. Milliseconds, medians. */
export interface SlowerRelease {
  deploy: number;
  service: string;
  clients: StreamName;
  beforeMs: number;
  afterMs: number;
}

/** A deploy that went back to what was active before it. Milliseconds from the first request. */
export interface ReportedRollback {
  deploy: number;
  /** The step that failed; null when a person asked for the rollback. */
  step: string | null;
  reason: string;
  /** When the rollback started. */
  atMs: number;
  /** Production's requests that its release answered; `failed` are those of them that failed. */
  answers: number;
  failed: number;
  /**
   * Its last answer; `goneAfterMs` counts from the start of the rollback to it. Null if production never reached it.
   */
  lastBadAtMs: number | null;
  goneAfterMs: number | null;
}

/** Tasks of one release of a service that ended although nobody had asked them to. */
export interface EndedByThemselves {
  service: string;
  release: string;
  tasks: number;
  /** The last of them. Seconds are real ones at any speed. */
  last: {
    /** The container that ended: the service's own, or a sidecar. */
    container: string;
    exitCode: number;
    afterSeconds: number;
    /** What it said at last; null if it ended with 0 or said nothing. */
    said: string | null;
    /** Path of its output, from the working directory; null if nothing keeps it. */
    log: string | null;
  };
}

/** The runs of one release of a job that have ended. */
export interface JobRuns {
  service: string;
  /** "" for times at which the schedule could start nothing. */
  release: string;
  /** `hand` for those that the rehearsal has started, one after each deploy. */
  by: "hand" | "schedule";
  runs: number;
  failed: number;
}

/** Tasks of a service that still ran when their time after SIGTERM was over. */
export interface KilledTasks {
  service: string;
  killed: number;
  /** All of the service's tasks that were stopped. */
  stopped: number;
  /** The time that they had, the longest of them. Real seconds: AWS's are as many times more as the speed says. */
  afterSeconds: number;
}

export interface DeployOutcome {
  services: string[];
  /** Release by service. */
  releases: Record<string, string>;
  ok: boolean;
  startedAtMs: number;
  endedAtMs: number;
}

/**
 * out/rehearsal/report.json. The names of its fields are a contract; more fields may be added. Times count from the
 * first request.
 */
export interface RehearsalReport {
  ok: boolean;
  cutover: "routed" | "dns";
  speed: number;
  services: string[];
  /** Why it is not ok, or "". */
  reason: string;
  /** What `reason` is about, each in a few words: a class of clients, calls, tasks. Empty where a deploy failed. */
  found: string[];
  /** What shows that this machine did not keep up with the rate, so that times say more of it than of a deploy; or "". */
  machine: string;
  failedStep: string | null;
  /** How many runs `make chaos` has disturbed; absent in the report of another command. Their deploys are not in `deploys`. */
  disturbedRuns?: number;
  /** In order; steps and changes refer to them by number, from 1. */
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
  /**
   * `internal` only when a service that calls another one was rehearsed; `http2` and the slow streams only with the
   * traffic of a whole rehearsal, the latter only to the sample service that has such answers; `<service> hosts` only for
   * a service with hosts of its own.
   */
  traffic: Record<ClientClass, ClassTotals> &
    Partial<Record<Exclude<StreamName, HostsStream | ApiStream>, ClassTotals>> &
    Record<HostsStream | ApiStream, ClassTotals>;
  /** Null when no service called another one. */
  calls: CallTotals | null;
  /** Null when no service gave jobs to a worker. */
  jobs: JobTotals | null;
  /** Null when no service of the traffic has a database. */
  data: DataTotals | null;
  /** Streams that pages kept open; absent where there were none. */
  streams?: { service: string; withinSeconds: number } & Record<StreamProtocol, StreamTotals>;
  /** The one of `changes` of requests that took longest. */
  change: Change;
  /** One change for each service of each deploy that traffic reached. */
  changes: ServiceChange[];
  /** Releases that answer much more slowly than the ones before them, in order. They fail nothing. */
  slower: SlowerRelease[];
  /** What ran of jobs. A run that failed fails the rehearsal. */
  jobRuns: JobRuns[];
  /** Releases whose tasks ended by themselves, whatever the exit code. They fail the rehearsal. */
  endedByThemselves: EndedByThemselves[];
  /** Services whose tasks did not end by SIGTERM in the time that they had here. They fail nothing: AWS gives them more. */
  killed: KilledTasks[];
  /** One rollback for each deploy that went back, in order. */
  turns: ReportedRollback[];
  /** Faults of the cloud that were on while there was traffic. */
  faults: PageFault[];
  /** The analyses of the new releases in production. */
  judged: (PageAnalysis & { deploy: number })[];
  /** The share of production's requests that the load balancers gave each colour, by service. */
  shares: Record<string, PageService["shares"]>;
  /**
   * How the rehearsal did each part of a container's surroundings, several ways separated by commas; null for a part that it did
   * not try.
   */
  containers: Record<string, string | null>;
  /**
   * What of it the rehearsal did not try, in words, with the containers concerned if others have had it; empty where it tried
   * everything that AWS does.
   */
  notTried: string[];
  /** The same of databases. */
  notTriedOfDatabases: string[];
  /** The same of the connections that load balancers keep to services. */
  notTriedOfConnections: string[];
  /** The same of jobs. */
  notTriedOfJobs: string[];
  /** What was left out of the stack's settings, or was otherwise than they have it. */
  notTriedOfSettings: readonly string[];
  /** The same of what the settings say of services, such as other requests than those that clients sent. */
  notTriedOfServices: readonly string[];
  /**
   * What clients asked of services that are none of the samples, by name, such as `GET /healthz`: all that is known of their
   * requests.
   */
  asked: Record<string, string[]>;
  controller: { upSeconds: number[]; totalSeconds: number; waitedSeconds: number; overheadSeconds: number };
}
