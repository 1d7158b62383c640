import type { Dispatcher } from "undici";
import { ownVersion } from "../../core/own-version";
import { PROBE_ANSWER_SECONDS, type ProbeAnswer, type ProbeClient, type ProbeRequest } from "../../ports/probe-client";
import { dispatcherFor } from "../dispatcher";

/** For the name, the connection, TLS and the way through a proxy. */
const CONNECT_MS = 5_000;
/** How long the rest of an answer is read, so that the service does not see a client that leaves. */
const REST_MS = 5_000;

/** Sends real requests by HTTPS, with a User-Agent by which a service can leave them out of its own statistics. */
export class HttpsProbeClient implements ProbeClient {
  #userAgent: string | undefined;

  /** @param answerMs how long it waits for an answer when the request is sent */
  constructor(private readonly answerMs = PROBE_ANSWER_SECONDS * 1000) {}

  async ask({ url, protocol }: ProbeRequest, signal: AbortSignal): Promise<ProbeAnswer> {
    const { origin, pathname, search } = new URL(url);
    const dispatcher = dispatcherFor(url, { allowH2: protocol === "http2", timeoutMs: CONNECT_MS });
    const exchange = new Exchange(this.answerMs);
    const stop = () => exchange.end({ kind: "unreached", reason: "stopped" });
    signal.addEventListener("abort", stop);
    void exchange.over.then(() => {
      signal.removeEventListener("abort", stop);
      return dispatcher.destroy();
    });
    this.#userAgent ??= `aoshingo-probe/${ownVersion()}`;
    const headers = { "user-agent": this.#userAgent, accept: "*/*" };
    if (signal.aborted) stop();
    else dispatcher.dispatch({ origin, path: pathname + search, method: "GET", headers }, exchange);
    return exchange.answer;
  }
}

/**
 * One request and its answer, which is its status. It is a handler of the library's own kind, because only such a one is
 * told that the connection stands and the request is sent.
 */
class Exchange implements Dispatcher.DispatchHandler {
  #answered: (answer: ProbeAnswer) => void = () => {};
  #ended: () => void = () => {};
  readonly answer = new Promise<ProbeAnswer>((resolve) => {
    this.#answered = resolve;
  });
  /** Resolves when nothing more of it is waited for. */
  readonly over = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });
  #sentAtMs = 0;
  #timer = this.#timeout(CONNECT_MS, { kind: "unreached", reason: `no connection within ${CONNECT_MS / 1000} s` });

  constructor(private readonly answerMs: number) {}

  /** @param answer without one so far */
  end(answer: ProbeAnswer): void {
    clearTimeout(this.#timer);
    this.#answered(answer);
    this.#ended();
  }

  onRequestStart(): void {
    clearTimeout(this.#timer);
    this.#sentAtMs = performance.now();
    this.#timer = this.#timeout(this.answerMs, { kind: "late" });
  }

  onResponseStart(_: unknown, status: number): void {
    // An informational status, such as 103 (Early Hints), is no answer yet: that comes after it.
    if (status < 200) return;
    clearTimeout(this.#timer);
    const answer: ProbeAnswer = { kind: "answered", status, seconds: (performance.now() - this.#sentAtMs) / 1000 };
    this.#answered(answer);
    this.#timer = this.#timeout(REST_MS, answer);
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    this.#ended();
  }

  onResponseError(_: unknown, { message }: Error): void {
    this.end({ kind: "unreached", reason: message });
  }

  #timeout(ms: number, answer: ProbeAnswer): NodeJS.Timeout {
    return setTimeout(() => this.end(answer), ms);
  }
}
