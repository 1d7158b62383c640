import type { StackOutputs } from "../../../components/live/outputs";
import type { Clock } from "../../core/clock";
import type { DeployEvent } from "../../ports/events";
import type { Observer } from "../../ports/observer";
import type { StepName } from "../../ports/step-names";
import { LivePage, type LivePageOptions } from "../kit/live-page";
import { deployPage } from "./deploy-page";
import { lookAtServices } from "./look-at-services";
import { emptyModel, type PageModel } from "./model";
import { takeEvent } from "./take-event";
import { takeLook } from "./take-look";

/** Steps that change where the production names lead. */
const NAMING: readonly StepName[] = ["cutover", "confirm"];
/** For the last look. */
const LAST_LOOK_MS = 5_000;

export interface RunPageOptions extends Pick<LivePageOptions, "port" | "file" | "onFailure"> {
  stack: string;
  clock: Clock;
  observer: Pick<Observer, "colour" | "aliases">;
  /** Null while the stack has no infrastructure. */
  outputs: StackOutputs | null;
  /** Between two looks at the targets. */
  lookEveryMs: number;
}

/** The page of one command that changes what runs: fed by its events, and by looks of its own at the targets. */
export class RunPage {
  readonly #options: RunPageOptions;
  readonly #ended = new AbortController();
  readonly #looking: Promise<void>;
  #model: PageModel;
  #page!: LivePage;

  private constructor(options: RunPageOptions) {
    this.#options = options;
    this.#model = emptyModel({ kind: "deploy", stack: options.stack, startMs: options.clock.now() });
    this.#looking = this.#look();
  }

  /** @throws UserError when the port is taken */
  static async open(options: RunPageOptions): Promise<RunPage> {
    const page = new RunPage(options);
    const { port, file, onFailure } = options;
    page.#page = await LivePage.open({ port, file, onFailure, draw: () => deployPage(page.#now()) });
    return page;
  }

  /** Null when it is not served. */
  get url(): string | null {
    return this.#page.url;
  }

  take(event: DeployEvent): void {
    this.#model = takeEvent(this.#model, event);
    this.#page.touch();
  }

  /** @param reason why the command ended without a run; "" when there was one */
  async close(reason: string): Promise<void> {
    this.#ended.abort();
    await this.#looking;
    await this.#lookAtTheEnd();
    this.#model = { ...this.#now(), isOver: true, notice: reason };
    await this.#page.close();
  }

  /** With the time that has passed since the last event. */
  #now(): PageModel {
    const { isOver, durationMs, startMs } = this.#model;
    return isOver
      ? this.#model
      : { ...this.#model, durationMs: Math.max(durationMs, this.#options.clock.now() - startMs) };
  }

  async #look(): Promise<void> {
    const { outputs, clock, lookEveryMs } = this.#options;
    const { signal } = this.#ended;
    while (outputs && !signal.aborted) {
      const run = this.#model.runs.at(-1);
      const services = Object.keys(run?.asked ?? {});
      const step = run?.steps.at(-1)?.name;
      const isUnknown = services.some((name) => !this.#model.services[name]?.names.length);
      await this.#lookOnce(outputs, isUnknown || (step !== undefined && NAMING.includes(step)));
      // A look is a dozen requests for each service: with many services AWS would throttle the deploy, too.
      await clock.sleep(lookEveryMs * Math.max(1, services.length), signal).catch(() => undefined);
    }
  }

  /** How things are when it is over. The command does not wait for an answer that does not come. */
  async #lookAtTheEnd(): Promise<void> {
    const { outputs, clock } = this.#options;
    if (!outputs || this.#model.runs.length === 0) return;
    const waiting = new AbortController();
    const limit = clock.sleep(LAST_LOOK_MS, waiting.signal).catch(() => undefined);
    await Promise.race([this.#lookOnce(outputs, true), limit]);
    waiting.abort();
  }

  /** What cannot be seen is left out: the deploy looks for itself, and says so. */
  async #lookOnce(outputs: StackOutputs, asksNames: boolean): Promise<void> {
    const { observer, clock } = this.#options;
    const services = Object.keys(this.#model.runs.at(-1)?.asked ?? {});
    const options = { services, asksNames, nowMs: () => clock.now() };
    const looks = await lookAtServices(observer, outputs, options).catch(() => []);
    for (const look of looks) this.#model = takeLook(this.#model, look);
  }
}
