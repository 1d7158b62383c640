import { UserError } from "../../components/core/user-error";
import { CLIENT_CLASSES, type TrafficStream } from "./types";

/** The sample services: the core API, a prototype that calls it, and a worker that does the jobs of the prototype. */
export const CORE = "users";
export const CALLER = "doodle";
export const WORKER = "mailer";

/**
 * Of 1,000 requests/s 300 go to the caller, and each makes one internal call; 233 are left for each class of clients.
 * A cutover is to be tested with at least 300 internal calls/s and 200 requests/s of each class.
 */
const CALLER_SHARE = 0.3;
/** Each POST makes a job, and a job costs as much as ten requests: 30 a second fill a queue as well as 150. */
const CALLER_POST_EVERY = 10;
const CLIENTS = 20;

export interface StreamsWanted {
  /** Requests per real second in all. */
  ratePerSecond: number;
  /** Names of the services; the caller may be among them only with the core. */
  services: readonly string[];
  /**
   * The health paths of the public apis, by name. Without the core the first of them gets the traffic, as GETs of this
   * path.
   */
  healthPaths?: Readonly<Record<string, string>>;
  /** The domain of the public names `<service>.<domain>`. */
  domain: string;
}

/**
 * The streams of requests to the services. The core's three classes of clients share equally what the caller's clients
 * leave.
 * @throws UserError when no service can get traffic
 */
export function streamsOf({ ratePerSecond, services, healthPaths = {}, domain }: StreamsWanted): TrafficStream[] {
  if (!services.includes(CORE)) return streamsToOwn({ ratePerSecond, services, healthPaths, domain });
  const callerRate = services.includes(CALLER) ? ratePerSecond * CALLER_SHARE : 0;
  const streams = CLIENT_CLASSES.map(
    (name): TrafficStream => ({
      name,
      service: CORE,
      hostName: `${CORE}.${domain}`,
      behaviour: name,
      ratePerSecond: (ratePerSecond - callerRate) / CLIENT_CLASSES.length,
      clients: CLIENTS,
      postEvery: 2,
      getPath: "/users?limit=1",
      postPath: "/users",
      postBody: '{"id":"<id>","name":"Rehearsal <id>"}',
    }),
  );
  if (callerRate === 0) return streams;
  const internal: TrafficStream = {
    name: "internal",
    service: CALLER,
    hostName: `${CALLER}.${domain}`,
    // The call behind the request is what matters here, so the clients themselves are the cheapest ones.
    behaviour: "keepAlive",
    ratePerSecond: callerRate,
    clients: CLIENTS,
    postEvery: CALLER_POST_EVERY,
    getPath: "/polls?limit=1",
    postPath: "/polls",
    postBody: '{"id":"<id>","title":"Rehearsal <id>"}',
  };
  return [...streams, internal];
}

/** The streams to a service that is not one of the samples: only its health path is known. */
function streamsToOwn({ ratePerSecond, services, healthPaths, domain }: Required<StreamsWanted>): TrafficStream[] {
  const service = services.find((name) => name !== CALLER && Object.hasOwn(healthPaths, name));
  if (service === undefined)
    throw new UserError(
      `services given: ${services.join(", ")}; wanted ${CORE} among them, or a public api of your own, which the traffic goes to`,
    );
  return CLIENT_CLASSES.map((name) => ({
    name,
    service,
    hostName: `${service}.${domain}`,
    behaviour: name,
    ratePerSecond: ratePerSecond / CLIENT_CLASSES.length,
    clients: CLIENTS,
    postEvery: 0,
    getPath: healthPaths[service]!,
    postPath: "",
    postBody: "",
  }));
}
