import { createSecureContext, type SecureContext } from "node:tls";
import { seededRandom } from "../seeded-random";
import { BEHAVIOURS } from "./behaviour";
import { Client } from "./client";
import { nowMs } from "./clock";
import { Dialer } from "./dial";
import { NameServers } from "./dns";
import { OpenLoop } from "./open-loop";
import { Recorder } from "./recorder";
import { ResolverCache } from "./resolver-cache";
import { Schedule } from "./schedule";
import { StreamPages } from "./stream-pages";
import { Totals } from "./totals";
import {
  type FromTraffic,
  isSlow,
  PROGRESS_INTERVAL_MS,
  type RequestSample,
  type StreamName,
  type TrafficSettings,
  type TrafficStream,
} from "./types";

const HTTPS_PORT = 443;

/** Seconds of failed requests, at the stream's rate, after which its production counts as not answering. */
const UNANSWERED_SECONDS = 15;

/** Failures of a stream before its first answer. */
interface Failures {
  /** So many more, and the stream counts as unanswered. */
  left: number;
  errors: Record<string, number>;
}

/** All clients of all streams, and the loop that drives them. */
export class Generator {
  readonly #settings: TrafficSettings;
  readonly #send: (message: FromTraffic) => void;
  readonly #totals = new Totals();
  readonly #nameServers: NameServers;
  readonly #recorder: Recorder;
  #clients: ReadonlyMap<TrafficStream, Client[]>;
  /** Counts all clients: each has random numbers of its own. */
  #created = 0;
  /** Clients that others have replaced, and since when, until their last request has ended. */
  #leaving: { clients: Client[]; sinceMs: number } | null = null;
  /** Streams without an answer with 2xx so far. */
  readonly #unanswered: Map<StreamName, Failures>;
  #schedule: Schedule | null = null;
  #loop: OpenLoop | null = null;
  readonly #pages: StreamPages | null;
  #progress: NodeJS.Timeout | null = null;

  /** @param send gets what the parent process needs to know */
  constructor(settings: TrafficSettings, send: (message: FromTraffic) => void) {
    this.#settings = settings;
    this.#send = send;
    this.#nameServers = new NameServers(settings.nameServers, seededRandom(settings.seed));
    this.#recorder = new Recorder(settings.recordFile, (error) => send({ type: "failed", message: error.message }));
    this.#clients = this.#createClients();
    this.#pages = settings.openStreams
      ? new StreamPages(settings.openStreams, settings, {
          ...{ port: HTTPS_PORT, nameServers: this.#nameServers, recorder: this.#recorder },
          secureContext: createSecureContext({ ca: settings.certificateAuthority }),
        })
      : null;
    const usual = settings.streams.filter(({ name }) => !isSlow(name));
    this.#unanswered = new Map(usual.map(({ name, ratePerSecond }) => [name, failuresOf(ratePerSecond)]));
  }

  start(): void {
    const { timeoutMs } = this.#settings;
    this.#schedule = new Schedule(this.#settings, nowMs());
    this.#loop = new OpenLoop({
      schedule: this.#schedule,
      timeoutMs,
      begin: (request, client) => this.#clients.get(request.plan.stream)![client]!.begin(request),
      ended: (sample) => this.#ended(sample),
    });
    this.#loop.start();
    this.#pages?.start();
    this.#progress = setInterval(() => this.#tellProgress(), PROGRESS_INTERVAL_MS);
  }

  /** Sends more or fewer requests from now on. @param factor so many times the rate so far */
  changeRate(factor: number): void {
    this.#schedule?.changeRate(factor);
  }

  /** Puts new clients in the place of all. Those that leave end what they have begun. */
  replaceClients(): void {
    const clients = this.#everyClient;
    for (const client of clients) client.leave();
    this.#leaving = { clients, sinceMs: nowMs() };
    this.#clients = this.#createClients();
  }

  /** Waits for the requests in flight; then the record file is complete. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    await this.#pages?.close();
    if (this.#progress) clearInterval(this.#progress);
    for (const client of this.#everyClient) client.close();
    this.#nameServers.close();
    await this.#recorder.close();
    this.#tellProgress();
    this.#send({ type: "stopped", sent: this.#loop?.begun ?? 0 });
  }

  /** The clients that send, and those that still end what they have begun. */
  get #everyClient(): Client[] {
    return [...this.#clients.values(), this.#leaving?.clients ?? []].flat();
  }

  #createClients(): Map<TrafficStream, Client[]> {
    const secureContext = createSecureContext({ ca: this.#settings.certificateAuthority });
    return new Map(
      this.#settings.streams.map((stream) => {
        const clients = Array.from({ length: stream.clients }, () => {
          this.#created += 1;
          return this.#createClient(stream, this.#created, secureContext);
        });
        return [stream, clients];
      }),
    );
  }

  #createClient(stream: TrafficStream, number: number, secureContext: SecureContext): Client {
    const { portOffset, seed, speed } = this.#settings;
    const { hostName, name, protocol = "http1" } = stream;
    const behaviour = BEHAVIOURS[stream.behaviour];
    const random = seededRandom(seed + number);
    return new Client({
      behaviour,
      protocol,
      speed,
      random,
      dialer: new Dialer({ hostName, port: HTTPS_PORT + portOffset, secureContext }),
      resolver: new ResolverCache(
        this.#nameServers,
        { hostName, speed, followsTtl: behaviour.followsTtl, firstTtlLeft: random() },
        (sample) => this.#recorder.add({ kind: "dns", stream: name, ...sample }),
      ),
    });
  }

  #ended(sample: RequestSample): void {
    this.#recorder.add(sample);
    this.#totals.add(sample);
    const failures = this.#unanswered.get(sample.stream);
    if (!failures) return;
    if (sample.error !== "") {
      this.#failedBeforeAnswer(sample, failures);
      return;
    }
    this.#unanswered.delete(sample.stream);
    if (this.#unanswered.size === 0) this.#send({ type: "flowing", atMs: sample.atMs + sample.latencyMs });
  }

  /** Counts requests instead of seconds: on a busy machine an answer may take its time. */
  #failedBeforeAnswer({ stream, error }: RequestSample, failures: Failures): void {
    failures.errors[error] = (failures.errors[error] ?? 0) + 1;
    failures.left -= 1;
    if (failures.left === 0) this.#send({ type: "unanswered", stream, errors: failures.errors });
  }

  #tellProgress(): void {
    if (this.#leaving && !this.#loop?.hasInFlight(this.#leaving.sinceMs)) {
      this.#leaving = null;
      this.#send({ type: "replaced" });
    }
    const { ok, failed, p99Ms } = this.#totals;
    const sent = this.#loop?.begun ?? 0;
    const lateMs = this.#loop?.takeLateMs() ?? 0;
    this.#send({ type: "progress", sent, ok, failed, p99Ms, lateMs, oldestMs: this.#loop?.oldestMs ?? 0 });
  }
}

function failuresOf(ratePerSecond: number): Failures {
  return { left: Math.ceil(UNANSWERED_SECONDS * ratePerSecond), errors: {} };
}
