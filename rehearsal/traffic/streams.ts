import { realpathSync } from "node:fs";
import { PACKAGE_DIRECTORY } from "../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import type { Protocol } from "../../components/settings/settings";
import { apiStream, CLIENT_CLASSES, hostsStream, SLOW_STREAMS, type TrafficStream } from "./types";

/** The sample services: the core API, a prototype that calls it, and a worker that does the jobs of the prototype. */
export const CORE = "users";
export const CALLER = "doodle";
export const WORKER = "mailer";
const SAMPLES: readonly string[] = [CORE, CALLER, WORKER];
/** Only this repository has them: in another project a service of such a name is its own. */
const HAS_SAMPLES = realpathSync(PROJECT_DIRECTORY) === realpathSync(PACKAGE_DIRECTORY);

/** Returns whether a service is one of the samples, whose requests are known. */
export function isSample(service: string): boolean {
  return HAS_SAMPLES && SAMPLES.includes(service);
}

/**
 * Of 1,000 requests/s 300 go to the caller, and each makes one internal call; 233 are left for each class of clients.
 * A cutover is to be tested with at least 300 internal calls/s and 200 requests/s of each class.
 */
const CALLER_SHARE = 0.3;
/** Each POST makes a job, and a job costs as much as ten requests: 30 a second fill a queue as well as 150. */
const CALLER_POST_EVERY = 10;
const CORE_GET_PATH = "/users?limit=1";
const CALLER_GET_PATH = "/polls?limit=1";
const CLIENTS = 20;
/** Of all requests a second; they come from few clients, each with one connection for many requests. */
const HTTP2_SHARE = 0.05;
/** Clients of HTTP/2 and of each kind of slow requests. */
const FEW_CLIENTS = 5;
/**
 * Requests a second of each kind of slow requests at 1,000 requests a second, and at least: fewer would not be there
 * when a colour stops. A large upload costs as much as hundreds of requests.
 */
const SLOW_RATES = { short: 2, long: 2, upload: 0.5 };
const LEAST_SLOW_RATE = 0.2;
/** How long an answer lasts, in deregistration delays. */
const LASTS_DELAYS = { short: 0.5, long: 1.5, upload: 0 };
/** Share of all requests a second that goes to services' own hosts, in equal parts. */
const HOSTS_SHARE = 0.05;
/** Share of all requests a second that goes to the apis beside the first, in equal parts. */
const OTHERS_SHARE = 0.3;
const UPLOAD_BYTES = 10_000_000;

/** A request to a host of a service's own that the service answers with 2xx. */
export interface HostRequest {
  service: string;
  host: string;
  /** Path and query. */
  path: string;
}

export interface StreamsWanted {
  /** Requests per real second in all. */
  ratePerSecond: number;
  /** Names of the services; the caller may be among them only with the core. */
  services: readonly string[];
  /**
   * The health paths of the public apis, by name. Without the core they get the traffic, as GETs of this path.
   */
  healthPaths?: Readonly<Record<string, string>>;
  /** The probes of the deploys of public apis, by name. Without the core GETs ask for them, too. */
  probes?: Readonly<Record<string, readonly string[]>>;
  /** What the public apis speak that speak something else than HTTP/1.1, by name. */
  protocols?: Readonly<Record<string, Protocol>>;
  /** What clients ask of hosts of services' own. */
  hostRequests?: readonly HostRequest[];
  /** The domain of the public names `<service>.<domain>`. */
  domain: string;
  /** With it there are clients with HTTP/2, and slow requests to the core, too. */
  more?: {
    /** AWS seconds: the core's deregistration delay. */
    deregistrationDelaySeconds: number;
    /** AWS seconds in one real second. */
    speed: number;
  };
}

/**
 * The streams of requests to the services. The core's three classes of clients share equally what the caller's clients
 * leave.
 * @throws UserError when no service can get traffic
 */
export function streamsOf({ hostRequests = [], ...wanted }: StreamsWanted): TrafficStream[] {
  const hostsRate = hostRequests.length > 0 ? wanted.ratePerSecond * HOSTS_SHARE : 0;
  const named = streamsToNames({ ...wanted, ratePerSecond: wanted.ratePerSecond - hostsRate });
  const toHosts = hostRequests.map(
    ({ service, host, path }): TrafficStream => ({
      name: hostsStream(service),
      service,
      hostName: host,
      ...protocolOf(service, wanted),
      behaviour: "honest",
      ratePerSecond: hostsRate / hostRequests.length,
      clients: FEW_CLIENTS,
      ...QUICK,
      postEvery: 0,
      getPath: path,
      postPath: "",
      postBody: "",
    }),
  );
  return [...named, ...toHosts];
}

/** Returns the same streams with so many times their requests a second. */
export function timesRate(streams: readonly TrafficStream[], factor: number): TrafficStream[] {
  return streams.map((stream) => ({ ...stream, ratePerSecond: stream.ratePerSecond * factor }));
}

/** Returns what clients ask of a service, each once, such as `GET /healthz`. */
export function requestsOf(
  service: string,
  streams: readonly Pick<TrafficStream, "service" | "protocol" | "getPath" | "probePaths">[],
): string[] {
  const requests = streams.flatMap((stream) => {
    if (stream.service !== service) return [];
    const verb = stream.protocol === "grpc" ? "call" : "GET";
    return [stream.getPath, ...(stream.probePaths ?? [])].map((path) => `${verb} ${path}`);
  });
  return [...new Set(requests)];
}

/**
 * What the sample services and the health check of another answer with 2xx, by which the traffic tries hosts.
 * @param healthPath of the service
 */
export function knownPaths(service: string, healthPath: string): string[] {
  const sample = { [CORE]: CORE_GET_PATH, [CALLER]: CALLER_GET_PATH }[service];
  return sample !== undefined && isSample(service) ? [sample, healthPath] : [healthPath];
}

/** The streams of requests to the services' names. */
function streamsToNames(wanted: StreamsWanted): TrafficStream[] {
  const { ratePerSecond, services, domain, more } = wanted;
  if (!(services.includes(CORE) && isSample(CORE))) return streamsToOwn(wanted);
  const callerRate = services.includes(CALLER) ? ratePerSecond * CALLER_SHARE : 0;
  const http2Rate = more ? ratePerSecond * HTTP2_SHARE : 0;
  const slow = more ? slowStreams(ratePerSecond, domain, more) : [];
  const slowRate = slow.reduce((sum, stream) => sum + stream.ratePerSecond, 0);
  const streams = CLIENT_CLASSES.map(
    (name): TrafficStream => ({
      name,
      service: CORE,
      hostName: `${CORE}.${domain}`,
      behaviour: name,
      ratePerSecond: (ratePerSecond - callerRate - http2Rate - slowRate) / CLIENT_CLASSES.length,
      clients: CLIENTS,
      ...QUICK,
      postEvery: 2,
      getPath: CORE_GET_PATH,
      postPath: "/users",
      postBody: '{"id":"<id>","name":"Rehearsal <id>"}',
      answers: { get: '"users":[', post: '"id":"<id>"' },
      stores: [{ service: CORE, table: "users", values: { id: "<id>", name: "Rehearsal <id>" } }],
    }),
  );
  const http2: TrafficStream = {
    ...streams[0]!,
    ...{ name: "http2", behaviour: "http2", ratePerSecond: http2Rate, clients: FEW_CLIENTS },
  };
  const others = more ? [http2, ...slow] : [];
  if (callerRate === 0) return [...streams, ...others];
  const internal: TrafficStream = {
    name: "internal",
    service: CALLER,
    hostName: `${CALLER}.${domain}`,
    // The call behind the request is what matters here, so the clients themselves are the cheapest ones.
    behaviour: "keepAlive",
    ratePerSecond: callerRate,
    clients: CLIENTS,
    ...QUICK,
    postEvery: CALLER_POST_EVERY,
    getPath: CALLER_GET_PATH,
    postPath: "/polls",
    postBody: '{"id":"<id>","title":"Rehearsal <id>"}',
    answers: { get: '"polls":[', post: '"id":"<id>"' },
    stores: [
      { service: CALLER, table: "polls", values: { id: "<id>", title: "Rehearsal <id>" } },
      // The poll's owner.
      { service: CORE, table: "users", values: { id: "<id>", name: "owner of <id>" } },
    ],
  };
  return [...streams, internal, ...others];
}

const QUICK = { lastsMs: 0, uploadBytes: 0 };

/** Answers of the core that take long, and large uploads to it. */
function slowStreams(
  ratePerSecond: number,
  domain: string,
  { deregistrationDelaySeconds, speed }: NonNullable<StreamsWanted["more"]>,
): TrafficStream[] {
  return SLOW_STREAMS.map((name) => {
    const lastsSeconds = (LASTS_DELAYS[name] * deregistrationDelaySeconds) / speed;
    const isUpload = name === "upload";
    return {
      name,
      service: CORE,
      hostName: `${CORE}.${domain}`,
      behaviour: "honest",
      ratePerSecond: Math.max(LEAST_SLOW_RATE, (SLOW_RATES[name] * ratePerSecond) / 1_000),
      clients: FEW_CLIENTS,
      lastsMs: lastsSeconds * 1000,
      uploadBytes: isUpload ? UPLOAD_BYTES : 0,
      postEvery: isUpload ? 1 : 0,
      getPath: `/users.ndjson?seconds=${lastsSeconds}`,
      postPath: "/imports/<id>",
      postBody: "",
      ...(isUpload ? { answers: { post: `"id":"<id>","bytes":${UPLOAD_BYTES}` } } : {}),
    };
  });
}

/**
 * The streams to services that are none of the samples: only their health paths and probes are known. The first gets all classes of
 * clients, the others one each.
 */
function streamsToOwn(wanted: StreamsWanted): TrafficStream[] {
  const { services, healthPaths = {}, probes = {}, domain } = wanted;
  const [service, ...others] = services.filter((name) => !isSample(name) && Object.hasOwn(healthPaths, name));
  const othersRate = others.length > 0 ? wanted.ratePerSecond * OTHERS_SHARE : 0;
  const ratePerSecond = wanted.ratePerSecond - othersRate;
  const { more } = wanted;
  if (service === undefined)
    throw new UserError(
      `services given: ${services.join(", ")}; wanted ${isSample(CORE) ? `${CORE} among them, or ` : ""}a public api of your own, which the traffic goes to`,
    );
  const protocol = protocolOf(service, wanted);
  // All classes speak HTTP/2 with a service that does.
  const hasHttp2 = more !== undefined && protocol.protocol === undefined;
  const http2Rate = hasHttp2 ? ratePerSecond * HTTP2_SHARE : 0;
  const names = hasHttp2 ? [...CLIENT_CLASSES, "http2" as const] : CLIENT_CLASSES;
  const getOf = (name: string) => ({
    service: name,
    hostName: `${name}.${domain}`,
    ...protocolOf(name, wanted),
    ...QUICK,
    postEvery: 0,
    getPath: healthPaths[name]!,
    ...(Object.hasOwn(probes, name) ? { probePaths: probes[name]!.filter((path) => path !== healthPaths[name]) } : {}),
    postPath: "",
    postBody: "",
  });
  const classes = names.map(
    (name): TrafficStream => ({
      ...getOf(service),
      name,
      behaviour: name,
      ratePerSecond: name === "http2" ? http2Rate : (ratePerSecond - http2Rate) / CLIENT_CLASSES.length,
      clients: name === "http2" ? FEW_CLIENTS : CLIENTS,
    }),
  );
  const single = others.map(
    (name): TrafficStream => ({
      ...getOf(name),
      name: apiStream(name),
      behaviour: "honest",
      ratePerSecond: othersRate / others.length,
      clients: FEW_CLIENTS,
    }),
  );
  return [...classes, ...single];
}

function protocolOf(service: string, { protocols = {} }: StreamsWanted): Pick<TrafficStream, "protocol"> {
  const protocol = Object.hasOwn(protocols, service) ? protocols[service] : undefined;
  return protocol === undefined ? {} : { protocol };
}
