import type { RandomNumbers } from "../seeded-random";
import type { Behaviour } from "./behaviour";
import { Connection } from "./connection";
import type { Dialer } from "./dial";
import type { InFlightRequest } from "./in-flight-request";
import { pick } from "./pick";
import type { ResolverCache } from "./resolver-cache";

// What browsers allow per host; they are opened one after the other. Without a limit, every hiccup of the machine would turn
// into a storm of TLS handshakes that prolongs it. Requests over it wait in the client: latency, and time of the timeout.
const MAX_CONNECTIONS = 6;

export interface ClientParts {
  behaviour: Behaviour;
  resolver: ResolverCache;
  dialer: Dialer;
  random: RandomNumbers;
  /** AWS seconds per real second. */
  speed: number;
}

/** One client: a resolver cache and a few connections. It never sends a request twice and never tries a second address. */
export class Client {
  readonly #parts: ClientParts;
  /** What DNS answered last, cut to what the class uses. */
  #addresses: string[] = [];
  /** Oldest first, so that all are used in turn and none idles until the server closes it. */
  #idle: Connection[] = [];
  #busy = new Set<Connection>();
  #opening: Connection | null = null;
  #waiting: InFlightRequest[] = [];

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  launch(flight: InFlightRequest): void {
    // The usual case stays synchronous: two promises less for each request.
    if (this.#parts.resolver.valid) this.#depart(flight);
    else void this.#resolveAndDepart(flight);
  }

  close(): void {
    for (const connection of [...this.#idle, ...this.#busy]) connection.destroy();
  }

  async #resolveAndDepart(flight: InFlightRequest): Promise<void> {
    try {
      const answer = await this.#parts.resolver.resolve();
      this.#addresses = answer.slice(0, this.#parts.behaviour.addressesUsed);
    } catch (error) {
      flight.failed(error);
      this.#launchNext();
      return;
    }
    for (const connection of this.#idle.filter((each) => !this.#isGood(each))) connection.close();
    this.#idle = this.#idle.filter((each) => this.#isGood(each));
    this.#depart(flight);
  }

  #depart(flight: InFlightRequest): void {
    const connection = this.#idle.shift() ?? this.#open();
    if (connection) this.#carry(connection, flight);
    else this.#waiting.push(flight);
  }

  #open(): Connection | null {
    if (this.#opening || this.#busy.size >= MAX_CONNECTIONS) return null;
    const { behaviour, dialer, random, speed } = this.#parts;
    const connection = new Connection(dialer, pick(random, this.#addresses), {
      requests: behaviour.requestsPerConnection * (0.5 + random()),
      idleMs: behaviour.idleSeconds === null ? null : (behaviour.idleSeconds * 1000) / speed,
      connected: () => this.#opened(connection),
    });
    this.#opening = connection;
    return connection;
  }

  #carry(connection: Connection, flight: InFlightRequest): void {
    this.#busy.add(connection);
    flight.abandon = () => {
      connection.destroy();
      this.#arrive(connection, false);
    };
    connection.carry(flight, (broken) => this.#arrive(connection, !broken && this.#isGood(connection)));
  }

  /** The connection is free again, unless it was given up before. */
  #arrive(connection: Connection, reuse: boolean): void {
    if (!this.#busy.delete(connection)) return;
    if (this.#opening === connection) this.#opening = null;
    if (reuse) this.#idle.push(connection);
    else connection.close();
    this.#launchNext();
  }

  #opened(connection: Connection): void {
    if (this.#opening !== connection) return;
    this.#opening = null;
    this.#launchNext();
  }

  #launchNext(): void {
    const next = this.#nextWaiting();
    if (next) this.launch(next);
  }

  #nextWaiting(): InFlightRequest | undefined {
    for (;;) {
      const flight = this.#waiting.shift();
      if (!flight?.ended) return flight;
    }
  }

  #isGood(connection: Connection): boolean {
    return !connection.isSpent && this.#addresses.includes(connection.address);
  }
}
