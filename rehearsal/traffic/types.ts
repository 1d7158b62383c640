import type { Protocol } from "../../components/settings/settings";

/**
 * The classes of clients, by how they behave.
 * - `honest` resolves again when the TTL is over and opens new connections often, as a well-behaved client does.
 * - `sticky` resolves once and never again, but opens new connections (a JVM that caches for ever).
 * - `keepAlive` resolves once, opens one connection and keeps it; it opens another only when the server closed it.
 */
export const CLIENT_CLASSES = ["honest", "sticky", "keepAlive"] as const;
export type ClientClass = (typeof CLIENT_CLASSES)[number];

/**
 * Requests that take long by themselves: answers that last shorter or longer than the deregistration delay, and uploads
 * of 10 MB. Their latency says nothing about the service's.
 */
export const SLOW_STREAMS = ["short", "long", "upload"] as const;

/**
 * A stream for each class of clients of the core service; `internal`: requests that make one service call another;
 * `http2`: clients that follow DNS as `honest` ones do and speak HTTP/2; and the slow ones.
 */
export const STREAM_NAMES = [...CLIENT_CLASSES, "internal", "http2", ...SLOW_STREAMS] as const;
/** Requests to hosts of a service's own, such as `users hosts`. */
export type HostsStream = `${string} hosts`;
/** Requests to the name of an api beside the one that gets the classes of clients, such as `kudos requests`. */
export type ApiStream = `${string} requests`;
export type StreamName = (typeof STREAM_NAMES)[number] | HostsStream | ApiStream;

export function apiStream(service: string): ApiStream {
  return `${service} requests`;
}

export function hostsStream(service: string): HostsStream {
  return `${service} hosts`;
}

export function isToHosts(stream: StreamName): stream is HostsStream {
  return stream.endsWith(" hosts");
}

/** Whether a stream has the name of its service in its own. */
export function isOfService(stream: StreamName): stream is HostsStream | ApiStream {
  return isToHosts(stream) || stream.endsWith(" requests");
}

/** Names of streams in the order of tables: those of `STREAM_NAMES`, then those with a service's name in theirs, each once. */
export function inTableOrder(names: readonly StreamName[]): StreamName[] {
  return [...STREAM_NAMES.filter((name) => names.includes(name)), ...new Set(names.filter(isOfService))];
}

export function isSlow(stream: StreamName): boolean {
  return (SLOW_STREAMS as readonly StreamName[]).includes(stream);
}

/** Clients of one class that send the same kind of requests to one service. */
export interface TrafficStream {
  name: StreamName;
  /** The service that answers. */
  service: string;
  /** Requests go to `https://<hostName>/...`, on port 443 + portOffset of the addresses that DNS answers. */
  hostName: string;
  behaviour: ClientClass | "http2";
  /** What the service speaks: its clients speak HTTP/2 if it does. Default: HTTP/1.1. */
  protocol?: Protocol;
  /** Requests per real second. */
  ratePerSecond: number;
  /** The number of clients, each with a resolver cache and connections of its own. */
  clients: number;
  /** Real milliseconds that an answer lasts by itself; 0 for the usual requests. */
  lastsMs: number;
  /** Bytes of a POST's body that are no JSON; 0 for `postBody`. */
  uploadBytes: number;
  /** Every n-th request of a client is a POST with a unique id, the others are GETs; 0 for GETs only. */
  postEvery: number;
  /** With gRPC a method, which each request calls with an empty message. */
  getPath: string;
  /**
   * Paths that GETs ask for in turn with `getPath`: the probes of the service's deploys. Any answer but a 5xx is right there.
   * Default: none.
   */
  probePaths?: readonly string[];
  /** Each `<id>` in it becomes the POST's unique id. */
  postPath: string;
  /** JSON; each `<id>` in it becomes the POST's unique id. */
  postBody: string;
  /** A part of every right answer to a GET and to a POST; each `<id>` in it becomes the POST's unique id. Default: any answer. */
  answers?: { get?: string; post?: string };
  /** What each accepted POST leaves in databases. Default: nothing that is known. */
  stores?: readonly StoredRow[];
}

/** A row that a POST leaves in the database of a service. Each `<id>` in it stands for the POST's unique id. */
export interface StoredRow {
  service: string;
  table: string;
  /** By column; `id` among them. */
  values: Readonly<Record<string, string>>;
}

/** How a page keeps a stream open: the two ways that browsers have, and a streaming call as programs have it. */
export const STREAM_PROTOCOLS = ["webSocket", "serverSentEvents", "grpc"] as const;
export type StreamProtocol = (typeof STREAM_PROTOCOLS)[number];

/** Pages that each keep one stream open, and open it again when it ends, as browsers do. */
export interface OpenStreams {
  /** The service that they lead to. */
  service: string;
  hostName: string;
  /** By protocol: how many pages, and the path of their streams. */
  pages: Partial<Record<StreamProtocol, { count: number; path: string }>>;
  /** AWS seconds that a page that does not stay for ever is open on average. */
  staySeconds: number;
  /**
   * How many times faster than browsers pages open a stream again. Default: 1, because a handshake costs the same at any
   * speed, and hundreds of pages whose streams were cut would come back in a fraction of a second.
   */
  reconnectSpeed?: number;
}

/** The traffic process gets them as JSON in its environment variable TRAFFIC. */
export interface TrafficSettings {
  streams: TrafficStream[];
  /** Default: no pages that keep streams open. */
  openStreams?: OpenStreams;
  /** The zone's name servers (DNS over UDP); one is chosen at random for each question. */
  nameServers: { address: string; port: number }[];
  portOffset: number;
  /** PEM of the rehearsal's certificate authority, by which certificates are verified. */
  certificateAuthority: string;
  /** AWS seconds in one real second: DNS TTLs are divided by it. */
  speed: number;
  /** Real milliseconds after which a request counts as failed, beside those that its answer lasts by itself. */
  timeoutMs: number;
  seed: number;
  /** The file for requests and DNS answers, one JSON array on each line (sample-line.ts). */
  recordFile: string;
}

/** One request, recorded when it ended. */
export interface RequestSample {
  kind: "request";
  /** Unix milliseconds at which it was due, not those at which a connection was free. */
  atMs: number;
  stream: StreamName;
  method: "GET" | "POST";
  /** 0 when no answer came. */
  status: number;
  /** The release that answered, by the load balancer's word; "" where no target of the service did. */
  release: string;
  /** From `atMs` to the last byte of the answer. */
  latencyMs: number;
  /**
   * "" when ok (2xx and a complete body, with what the stream knows of it, and with gRPC the status 0), else a short, stable
   * class such as "503", "gRPC 14", "ECONNRESET", "timeout", "ENOTFOUND" or "wrongAnswer", which the answer of another service is, too.
   */
  error: string;
  /** The unique id of a POST, else "". */
  postId: string;
}

/** One stream, recorded when it ended, or at the end of the traffic. */
export interface OpenStreamSample {
  kind: "openStream";
  protocol: StreamProtocol;
  /** Unix milliseconds at which it was open, or could not be opened. */
  openedAtMs: number;
  endedAtMs: number;
  /** The release that it led to, by the load balancer's word; "" where it led to none of the service. */
  release: string;
  /**
   * - `open`: it still was when the traffic ended.
   * - `left`: the page closed it.
   * - `closed`: the service ended it in order, with a close frame or the end of the answer.
   * - `cut`: the connection broke.
   * - `refused`: it could not be opened, or led to another service; `error` says why.
   */
  end: "open" | "left" | "closed" | "cut" | "refused";
  error: string;
}

/** One DNS question that a client asked. */
export interface DnsSample {
  kind: "dns";
  atMs: number;
  stream: StreamName;
  nameServer: string;
  addresses: string[];
  ttlSeconds: number;
  error: string;
}

/** Time between two reports of the traffic process. */
export const PROGRESS_INTERVAL_MS = 500;

/** Totals since the start. */
export interface TrafficProgress {
  sent: number;
  ok: number;
  failed: number;
  p99Ms: number;
  /** Milliseconds by which the open loop began a request too late, at most since the last report. */
  lateMs: number;
  /** Milliseconds since the instant at which the oldest request without an answer was due. */
  oldestMs: number;
}

/** How late requests began, by one report of the traffic process. */
export interface LateStart {
  /** Unix milliseconds of the report, which comes up to `PROGRESS_INTERVAL_MS` after the request. */
  atMs: number;
  /** The most milliseconds by which a request began late. */
  lateMs: number;
}

export type ToTraffic =
  | { type: "start" }
  /** From now on requests come at so many times the rate so far. */
  | { type: "changeRate"; factor: number }
  /** New clients take the place of all. */
  | { type: "replaceClients" }
  | { type: "stop" };
export type FromTraffic =
  | { type: "ready" }
  /** Each stream has had its first answer with 2xx. */
  | { type: "flowing"; atMs: number }
  /** A stream has had failures for so long, and no answer with 2xx yet. `errors` are counts by error class. */
  | { type: "unanswered"; stream: StreamName; errors: Record<string, number> }
  /** Twice a second. */
  | ({ type: "progress" } & TrafficProgress)
  /** Every request of the clients that were replaced has ended. */
  | { type: "replaced" }
  /** Every request in flight has ended, the record file is complete. */
  | { type: "stopped"; sent: number }
  | { type: "failed"; message: string };

/** A table in the database of a service, with all of its rows. */
export interface StoredTable {
  service: string;
  table: string;
  rows: readonly Readonly<Record<string, unknown>>[];
}
