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
import { Totals } from "./totals";
import type { FromTraffic, RequestSample, StreamName, TrafficSettings, TrafficStream } from "./types";

const HTTPS_PORT = 443;
const PROGRESS_INTERVAL_MS = 500;

/** All clients of all streams and the loop that drives them. */
export class Generator {
  readonly #settings: TrafficSettings;
  readonly #send: (message: FromTraffic) => void;
  readonly #totals = new Totals();
  readonly #nameServers: NameServers;
  readonly #recorder: Recorder;
  readonly #clients: ReadonlyMap<StreamName, Client[]>;
  /** Streams without an answer so far. */
  readonly #silent: Set<StreamName>;
  #loop: OpenLoop | null = null;
  #progress: NodeJS.Timeout | null = null;

  /** `send` gets what the parent process shall know. */
  constructor(settings: TrafficSettings, send: (message: FromTraffic) => void) {
    this.#settings = settings;
    this.#send = send;
    this.#nameServers = new NameServers(settings.nameServers, seededRandom(settings.seed));
    this.#recorder = new Recorder(settings.recordFile, (error) => send({ type: "failed", message: error.message }));
    this.#clients = this.#createClients();
    this.#silent = new Set(settings.streams.map(({ name }) => name));
  }

  start(): void {
    const { timeoutMs } = this.#settings;
    this.#loop = new OpenLoop({
      schedule: new Schedule(this.#settings, nowMs()),
      timeoutMs,
      launch: (flight, client) => this.#clients.get(flight.plan.stream.name)![client]!.launch(flight),
      landed: (sample) => this.#landed(sample),
    });
    this.#loop.start();
    this.#progress = setInterval(() => this.#tellProgress(), PROGRESS_INTERVAL_MS);
  }

  /** Waits for the requests in flight; then the record file is complete. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    if (this.#progress) clearInterval(this.#progress);
    for (const client of [...this.#clients.values()].flat()) client.close();
    this.#nameServers.close();
    await this.#recorder.close();
    this.#tellProgress();
    this.#send({ type: "stopped", sent: this.#loop?.launched ?? 0 });
  }

  #createClients(): Map<StreamName, Client[]> {
    const secureContext = createSecureContext({ ca: this.#settings.certificateAuthority });
    let number = 0;
    return new Map(
      this.#settings.streams.map((stream) => {
        const clients = Array.from({ length: stream.clients }, () => {
          number += 1;
          return this.#createClient(stream, number, secureContext);
        });
        return [stream.name, clients];
      }),
    );
  }

  #createClient(stream: TrafficStream, number: number, secureContext: SecureContext): Client {
    const { portOffset, seed, speed } = this.#settings;
    const { hostName, name } = stream;
    const behaviour = BEHAVIOURS[stream.behaviour];
    const random = seededRandom(seed + number);
    return new Client({
      behaviour,
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

  #landed(sample: RequestSample): void {
    this.#recorder.add(sample);
    this.#totals.add(sample);
    if (sample.error !== "" || !this.#silent.delete(sample.stream)) return;
    if (this.#silent.size === 0) this.#send({ type: "flowing", atMs: sample.atMs + sample.latencyMs });
  }

  #tellProgress(): void {
    const { ok, failed, p99Ms } = this.#totals;
    this.#send({ type: "progress", sent: this.#loop?.launched ?? 0, ok, failed, p99Ms });
  }
}
