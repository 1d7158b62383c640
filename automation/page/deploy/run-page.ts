import type { StackOutputs } from "../../../components/live/outputs";
import type { Clock } from "../../core/clock";
import { timesAsLong } from "../../core/concurrently";
import type { DeployEvent } from "../../ports/events";
import type { Observer } from "../../ports/observer";
import { LivePage, type LivePageOptions } from "../kit/live-page";
import { applyEvent } from "./apply-event";
import { deployPage } from "./deploy-page";
import { emptyModel, emptyService, type PageModel } from "./model";
import { applyObservation, observeServices } from "./service-observation";

/** Limit of the observation that is under way at the end of the run, and of the last one after it. */
const LAST_OBSERVATION_MS = 5_000;

export interface RunPageOptions extends Pick<LivePageOptions, "port" | "file" | "onFailure"> {
  stack: string;
  clock: Clock;
  observer: Pick<Observer, "colour" | "aliases">;
  /** Null while the stack has no infrastructure. */
  outputs: StackOutputs | null;
  /** Milliseconds between two observations of one service's targets. */
  pollIntervalMs: number;
}

/** The page of one command that changes what runs. It is drawn from the run's events and from observations of its own. */
export class RunPage {
  readonly #options: RunPageOptions;
  readonly #ended = new AbortController();
  readonly #observing: Promise<void>;
  #model: PageModel;
  #page!: LivePage;
  /** Each `up` may change where the production names lead: they are looked up again after it. */
  #ups = 0;
  #upsAtLookup = 0;
  #wake = new AbortController();

  private constructor(options: RunPageOptions) {
    this.#options = options;
    this.#model = {
      ...emptyModel({ kind: "deploy", stack: options.stack, startMs: options.clock.now() }),
      services: Object.fromEntries(
        Object.entries(options.outputs?.services ?? {}).map(([name, { kind }]) => [name, { ...emptyService(), kind }]),
      ),
    };
    this.#observing = this.#observe();
  }

  /** @throws UserError if the port is taken */
  static async open(options: RunPageOptions): Promise<RunPage> {
    const page = new RunPage(options);
    const { port, file, onFailure } = options;
    page.#page = await LivePage.open({ port, file, onFailure, draw: () => deployPage(page.#now()) });
    return page;
  }

  /** Null if the page is not served. */
  get url(): string | null {
    return this.#page.url;
  }

  apply(event: DeployEvent): void {
    this.#model = applyEvent(this.#model, event);
    this.#page.touch();
    if (event.type !== "up") return;
    this.#ups += 1;
    this.#wake.abort();
  }

  /** @param reason why the command ended without a run; "" if there was one */
  async close(reason: string): Promise<void> {
    this.#ended.abort();
    await this.#observeAtTheEnd();
    this.#model = { ...this.#now(), isOver: true };
    if (reason !== "") this.#model = { ...this.#model, notice: reason, isRefused: true };
    await this.#page.close();
  }

  /** The model with the time that has passed since the last event. */
  #now(): PageModel {
    const { isOver, durationMs, startMs } = this.#model;
    return isOver
      ? this.#model
      : { ...this.#model, durationMs: Math.max(durationMs, this.#options.clock.now() - startMs) };
  }

  async #observe(): Promise<void> {
    const { outputs, clock, pollIntervalMs } = this.#options;
    const { signal } = this.#ended;
    while (outputs && !signal.aborted) {
      this.#wake = new AbortController();
      await this.#observeOnce(outputs, this.#areNamesStale());
      // One observation is a dozen requests for each service: with many services AWS would throttle the deploy, too.
      const pauseMs = pollIntervalMs * timesAsLong(this.#services().length, 1);
      await clock.sleep(pauseMs, AbortSignal.any([signal, this.#wake.signal])).catch(() => undefined);
    }
  }

  #services(): string[] {
    return Object.keys(this.#model.runs.at(-1)?.asked ?? {});
  }

  /** During the cutover the names change before its `up` has ended. */
  #areNamesStale(): boolean {
    const isCutover = this.#model.runs.at(-1)?.steps.at(-1)?.name === "cutover";
    const isUnknown = this.#services().some((name) => !this.#model.services[name]?.names.length);
    return isCutover || isUnknown || this.#upsAtLookup < this.#ups;
  }

  /** The command does not wait for an answer that does not come. */
  async #observeAtTheEnd(): Promise<void> {
    const waiting = new AbortController();
    const limit = this.#options.clock.sleep(LAST_OBSERVATION_MS, waiting.signal).catch(() => undefined);
    await Promise.race([this.#observeOnceMore(), limit]);
    waiting.abort();
  }

  async #observeOnceMore(): Promise<void> {
    await this.#observing;
    const { outputs } = this.#options;
    if (outputs && this.#model.runs.length > 0) await this.#observeOnce(outputs, true);
  }

  /** What cannot be observed is left out: the deploy observes for itself, and says so. */
  async #observeOnce(outputs: StackOutputs, withNames: boolean): Promise<void> {
    const { observer, clock } = this.#options;
    const options = { services: this.#services(), withNames, nowMs: () => clock.now() };
    const ups = this.#ups;
    try {
      for (const observation of await observeServices(observer, outputs, options))
        this.#model = applyObservation(this.#model, observation);
      if (withNames) this.#upsAtLookup = ups;
    } catch {
      // The next observation tries again.
    }
  }
}
