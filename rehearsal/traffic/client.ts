import type { Protocol } from "../../components/settings/settings";
import type { RandomNumbers } from "../seeded-random";
import type { Behaviour } from "./behaviour";
import { type CarryingConnection, Connection } from "./connection";
import type { Dialer } from "./dial";
import { GrpcConnection } from "./grpc-connection";
import type { InFlightRequest } from "./in-flight-request";
import type { ResolverCache } from "./resolver-cache";

/**
 * What browsers allow for each host; a client opens them one after the other. Without a limit, every hiccup of the
 * machine would turn into a storm of TLS handshakes that prolongs it. Further requests wait in the client, which
 * counts as latency and against the timeout.
 */
const MAX_CONNECTIONS = 6;

export interface ClientParts {
  behaviour: Behaviour;
  protocol: Protocol;
  resolver: ResolverCache;
  dialer: Dialer;
  random: RandomNumbers;
  /** AWS seconds in one real second. */
  speed: number;
}

/**
 * A client with a resolver cache and a few connections. It never sends a request twice and never tries a second
 * address.
 */
export class Client {
  readonly #parts: ClientParts;
  /** The addresses of the last DNS answer that the class uses. */
  #addresses: string[] = [];
  /** Oldest first, so that all take turns and none idles until the server closes it. */
  #idle: CarryingConnection[] = [];
  #busy = new Set<CarryingConnection>();
  #opening: CarryingConnection | null = null;
  #waiting: InFlightRequest[] = [];
  #isLeaving = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  begin(request: InFlightRequest): void {
    // The usual case stays synchronous, which saves two promises for each request.
    if (this.#parts.resolver.valid) this.#send(request);
    else void this.#resolveAndSend(request);
  }

  close(): void {
    for (const connection of [...this.#idle, ...this.#busy]) connection.destroy();
  }

  /** Closes the connections as soon as the requests that have begun have ended. It gets no more. */
  leave(): void {
    this.#isLeaving = true;
    for (const connection of this.#idle) connection.close();
    this.#idle = [];
  }

  async #resolveAndSend(request: InFlightRequest): Promise<void> {
    try {
      const answer = await this.#parts.resolver.resolve();
      this.#addresses = answer.slice(0, this.#parts.behaviour.addressesUsed);
    } catch (error) {
      request.failed(error);
      this.#beginNext();
      return;
    }
    for (const connection of this.#idle.filter((each) => !this.#isGood(each))) connection.close();
    this.#idle = this.#idle.filter((each) => this.#isGood(each));
    this.#send(request);
  }

  #send(request: InFlightRequest): void {
    const connection = this.#idle.shift() ?? this.#open();
    if (connection) this.#carry(connection, request);
    else this.#waiting.push(request);
  }

  #open(): CarryingConnection | null {
    if (this.#opening || this.#busy.size >= MAX_CONNECTIONS) return null;
    const { behaviour, protocol, dialer, random, speed } = this.#parts;
    const OneConnection = protocol === "grpc" ? GrpcConnection : Connection;
    const connection: CarryingConnection = new OneConnection(dialer, pick(random, this.#addresses), {
      requests: behaviour.requestsPerConnection * (0.5 + random()),
      http2: behaviour.http2 || protocol === "http2",
      idleMs: behaviour.idleSeconds === null ? null : (behaviour.idleSeconds * 1000) / speed,
      connected: () => this.#opened(connection),
    });
    this.#opening = connection;
    return connection;
  }

  #carry(connection: CarryingConnection, request: InFlightRequest): void {
    this.#busy.add(connection);
    request.abandon = () => {
      connection.destroy();
      this.#release(connection, false);
    };
    connection.carry(request, (broken) => this.#release(connection, !broken && this.#isGood(connection)));
  }

  /** Frees the connection, unless that was done before. */
  #release(connection: CarryingConnection, reuse: boolean): void {
    if (!this.#busy.delete(connection)) return;
    if (this.#opening === connection) this.#opening = null;
    if (reuse && !(this.#isLeaving && this.#waiting.length === 0)) this.#idle.push(connection);
    else connection.close();
    this.#beginNext();
  }

  #opened(connection: CarryingConnection): void {
    if (this.#opening !== connection) return;
    this.#opening = null;
    this.#beginNext();
  }

  #beginNext(): void {
    const next = this.#nextWaiting();
    if (next) this.begin(next);
  }

  #nextWaiting(): InFlightRequest | undefined {
    for (;;) {
      const request = this.#waiting.shift();
      if (!request?.ended) return request;
    }
  }

  #isGood(connection: CarryingConnection): boolean {
    return !connection.isSpent && this.#addresses.includes(connection.address);
  }
}

/** One of `items`, which must not be empty. */
function pick<T>(random: RandomNumbers, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("pick: nothing to pick from");
  return item;
}
