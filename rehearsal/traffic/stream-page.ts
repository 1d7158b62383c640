import { setTimeout as delay } from "node:timers/promises";
import type { RandomNumbers } from "../seeded-random";
import { isOf } from "../told-target";
import { nowMs } from "./clock";
import type { Dialer } from "./dial";
import { failureClass } from "./failure";
import type { ResolverCache } from "./resolver-cache";
import {
  openCall,
  openEventStream,
  openWebSocket,
  type StreamConnection,
  type StreamEvents,
} from "./stream-connection";
import type { OpenStreamSample, StreamProtocol } from "./types";

/** Seconds after which a browser opens an event stream again, unless the service says another time. */
const RETRY_SECONDS = 3;
/** Seconds: a page's code opens a WebSocket again after the first one, then after twice as long, up to the last. */
const BACK_OFF_SECONDS = { first: 1, last: 30 };

export interface StreamPageParts {
  /** The service that is to answer. */
  service: string;
  protocol: StreamProtocol;
  url: URL;
  resolver: ResolverCache;
  dialer: Dialer;
  random: RandomNumbers;
  /** AWS seconds in one real second. */
  speed: number;
  reconnectSpeed: number;
  /** AWS seconds after which the page is left and opened anew; null if it stays. */
  staySeconds(): number | null;
  ended(sample: OpenStreamSample): void;
}

/** A page with one stream. It asks DNS as a browser does, and opens the stream again whenever it ends. */
export class StreamPage {
  readonly #parts: StreamPageParts;
  readonly #closing = new AbortController();
  #failures = 0;
  #lastEventId = "";
  #running: Promise<void> | null = null;

  constructor(parts: StreamPageParts) {
    this.#parts = parts;
  }

  /** @param afterMs real milliseconds */
  start(afterMs: number): void {
    this.#running = this.#run(afterMs).catch((error) => {
      if (!this.#closing.signal.aborted) throw error;
    });
  }

  /** Closes the stream, which then counts as open, and resolves when it is recorded. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(afterMs: number): Promise<void> {
    const { signal } = this.#closing;
    await delay(afterMs, undefined, { signal });
    while (!signal.aborted) {
      const sample = await this.#stream();
      this.#parts.ended(sample);
      this.#failures = sample.end === "refused" ? this.#failures + 1 : 0;
      if (sample.end !== "left") await delay(this.#waitMs(), undefined, { signal });
    }
  }

  /** Opens a stream and waits for its end. */
  async #stream(): Promise<OpenStreamSample> {
    const { protocol, service } = this.#parts;
    let [openedAtMs, release] = [nowMs(), ""];
    const sample = ({ end, error }: Pick<OpenStreamSample, "end" | "error">): OpenStreamSample => ({
      ...{ kind: "openStream", protocol, openedAtMs, endedAtMs: nowMs(), release, error },
      end: end === "left" && this.#closing.signal.aborted ? "open" : end,
    });
    try {
      let connection: StreamConnection | null = null;
      let stay: NodeJS.Timeout | undefined;
      const leave = () => connection?.leave();
      const ended = new Promise<OpenStreamSample>((resolve, reject) => {
        const events: StreamEvents = {
          opened: (told) => {
            openedAtMs = nowMs();
            if (!isOf(service, told)) {
              resolve(sample({ end: "refused", error: "wrongAnswer" }));
              leave();
              return;
            }
            release = told.release;
            stay = this.#stayTimer(leave);
          },
          ended: (how) => resolve(sample(how)),
        };
        this.#connect(events).then((opened) => {
          connection = opened;
          if (this.#closing.signal.aborted) leave();
        }, reject);
      });
      this.#closing.signal.addEventListener("abort", leave, { once: true });
      return await ended.finally(() => {
        clearTimeout(stay);
        this.#closing.signal.removeEventListener("abort", leave);
      });
    } catch (error) {
      return sample({ end: "refused", error: failureClass(error) });
    }
  }

  async #connect(events: StreamEvents): Promise<StreamConnection> {
    const { protocol, url, resolver, dialer, random } = this.#parts;
    const addresses = await resolver.resolve();
    const socket = dialer.dial(addresses[Math.floor(random() * addresses.length)]!, protocol === "grpc");
    if (protocol === "grpc") return openCall(socket, url, events);
    if (protocol === "webSocket") return openWebSocket(socket, url, events);
    return openEventStream(socket, url, this.#lastEventId, events, (id) => {
      this.#lastEventId = id;
    });
  }

  #stayTimer(leave: () => void): NodeJS.Timeout | undefined {
    const seconds = this.#parts.staySeconds();
    return seconds === null ? undefined : setTimeout(leave, (seconds * 1000) / this.#parts.speed);
  }

  /** Real milliseconds until the stream is opened again; spread by half, so that not all pages come back at once. */
  #waitMs(): number {
    const { protocol, random, reconnectSpeed } = this.#parts;
    const { first, last } = BACK_OFF_SECONDS;
    const seconds = protocol === "webSocket" ? Math.min(last, first * 2 ** this.#failures) : RETRY_SECONDS;
    return ((seconds * 1000) / reconnectSpeed) * (0.5 + random());
  }
}
