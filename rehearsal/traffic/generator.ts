import { createSecureContext } from "node:tls";
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
import { CLIENT_CLASSES, type ClientClass, type FromTraffic, type RequestSample, type TrafficSettings } from "./types";

const HTTPS_PORT = 443;
const PROGRESS_INTERVAL_MS = 500;

/** All clients of all classes and the loop that drives them. */
export class Generator {
  readonly #settings: TrafficSettings;
  readonly #send: (message: FromTraffic) => void;
  readonly #totals = new Totals();
  readonly #nameServers: NameServers;
  readonly #recorder: Recorder;
  readonly #clients: Record<ClientClass, Client[]>;
  #loop: OpenLoop | null = null;
  #progress: NodeJS.Timeout | null = null;

  /** `send` gets what the parent process shall know. */
  constructor(settings: TrafficSettings, send: (message: FromTraffic) => void) {
    this.#settings = settings;
    this.#send = send;
    this.#nameServers = new NameServers(settings.nameServers, seededRandom(settings.seed));
    this.#recorder = new Recorder(settings.recordFile, (error) => send({ type: "failed", message: error.message }));
    this.#clients = this.#createClients();
  }

  start(): void {
    const { timeoutMs } = this.#settings;
    this.#loop = new OpenLoop({
      schedule: new Schedule(this.#settings, nowMs()),
      timeoutMs,
      launch: (flight, client) => this.#clients[flight.plan.clientClass][client]!.launch(flight),
      landed: (sample) => this.#landed(sample),
    });
    this.#loop.start();
    this.#progress = setInterval(() => this.#tellProgress(), PROGRESS_INTERVAL_MS);
  }

  /** Waits for the requests in flight; then the record file is complete. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    if (this.#progress) clearInterval(this.#progress);
    for (const client of Object.values(this.#clients).flat()) client.close();
    this.#nameServers.close();
    await this.#recorder.close();
    this.#tellProgress();
    this.#send({ type: "stopped", sent: this.#loop?.launched ?? 0 });
  }

  #createClients(): Record<ClientClass, Client[]> {
    const { certificateAuthority, clientsPerClass } = this.#settings;
    const secureContext = createSecureContext({ ca: certificateAuthority });
    const create = (clientClass: ClientClass, index: number) =>
      Array.from({ length: clientsPerClass }, (_, client) =>
        this.#createClient(clientClass, index * clientsPerClass + client, secureContext),
      );
    const entries = CLIENT_CLASSES.map((clientClass, index) => [clientClass, create(clientClass, index)] as const);
    return Object.fromEntries(entries) as Record<ClientClass, Client[]>;
  }

  #createClient(
    clientClass: ClientClass,
    number: number,
    secureContext: ReturnType<typeof createSecureContext>,
  ): Client {
    const { hostName, portOffset, seed, speed } = this.#settings;
    const behaviour = BEHAVIOURS[clientClass];
    const random = seededRandom(seed + number + 1);
    return new Client({
      behaviour,
      speed,
      random,
      dialer: new Dialer({ hostName, port: HTTPS_PORT + portOffset, secureContext }),
      resolver: new ResolverCache(
        this.#nameServers,
        { hostName, speed, followsTtl: behaviour.followsTtl, firstTtlLeft: random() },
        (sample) => this.#recorder.add({ kind: "dns", clientClass, ...sample }),
      ),
    });
  }

  #landed(sample: RequestSample): void {
    this.#recorder.add(sample);
    this.#totals.add(sample);
    if (sample.error === "" && this.#totals.ok === 1) {
      this.#send({ type: "flowing", atMs: sample.atMs + sample.latencyMs });
    }
  }

  #tellProgress(): void {
    const { ok, failed, p99Ms } = this.#totals;
    this.#send({ type: "progress", sent: this.#loop?.launched ?? 0, ok, failed, p99Ms });
  }
}
