import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fetch, ProxyAgent } from "undici";
import { authorityFile } from "../../rehearsal/cloud/environment";
import type { RunningStack } from "./running-stack";

/** Often enough to meet any change of a few seconds of AWS, seldom enough to leave the processor to what is watched. */
const INTERVAL_MS = 50;

/** Asks the production name all the time, and counts what it was answered: `{"200 v1": 512}`. */
export class ProductionWatch {
  readonly answers: Record<string, number> = {};
  readonly #agent: ProxyAgent;
  readonly #ending = new AbortController();
  readonly #asking: Promise<void>;

  constructor(
    stack: RunningStack,
    readonly url: string,
    /**
     * `allowH2`: it speaks HTTP/2. `connectionMs`: how long it keeps a connection, after which it follows DNS again;
     * default: for ever.
     */
    { allowH2 = false, connectionMs }: { allowH2?: boolean; connectionMs?: number } = {},
  ) {
    const ca = readFileSync(authorityFile(stack.cloud.ready.directory), "utf8");
    this.#agent = new ProxyAgent({
      ...{ uri: stack.environment.HTTPS_PROXY!, allowH2, requestTls: { ca, allowH2 } },
      ...(connectionMs === undefined ? {} : { clientTtl: connectionMs }),
    });
    this.#asking = this.#ask(url);
  }

  /** May be called again. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#asking;
  }

  async #ask(url: string): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const answer = await this.#once(url);
      this.answers[answer] = (this.answers[answer] ?? 0) + 1;
      await delay(INTERVAL_MS);
    }
    await this.#agent.close();
  }

  async #once(url: string): Promise<string> {
    try {
      const response = await fetch(url, { dispatcher: this.#agent });
      await response.text();
      return `${response.status} ${response.headers.get("x-release")}`;
    } catch (error) {
      return String((error as Error).cause ?? error);
    }
  }
}
