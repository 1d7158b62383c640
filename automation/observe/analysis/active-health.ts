import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import type { RunState, StepContext } from "../../deploy/context";
import { checkActiveColour } from "../check-active-colour";
import { ConsecutiveFailures } from "./consecutive-failures";
import { pollIntervalMs } from "./poll-interval";

/** Whether the colours that production is on stay healthy, while a step waits for something else. */
export class ActiveHealth {
  readonly #doubts = new ConsecutiveFailures();
  readonly #everyMs: number;
  #dueMs = 0;

  constructor(
    private readonly context: Pick<StepContext, "settings" | "observer" | "clock" | "signal">,
    private readonly state: Pick<RunState, "live" | "outputs">,
    private readonly services: readonly string[],
  ) {
    this.#everyMs = pollIntervalMs(context.settings.deploy.metricPeriodSeconds);
  }

  /** @throws StepFailed when two looks in a row have something against a colour */
  async lookWhenDue(): Promise<void> {
    if (this.context.clock.now() >= this.#dueMs) await this.#look();
  }

  /**
   * A last look, and another one if that leaves a doubt.
   * @throws StepFailed likewise
   */
  async lookLast(): Promise<void> {
    await this.#look();
    if (!this.#doubts.any) return;
    await this.context.clock.sleep(this.#everyMs, this.context.signal);
    await this.#look();
  }

  async #look(): Promise<void> {
    this.#dueMs = this.context.clock.now() + this.#everyMs;
    const seen = await concurrently(this.services, async (name) => [name, await this.#faults(name)] as const);
    const faults = this.#doubts.confirmed(new Map(seen));
    if (faults.length > 0) throw new StepFailed(faults.join("; "));
  }

  /** What AWS does not tell now says nothing against a colour that was healthy before. */
  async #faults(name: string): Promise<string[]> {
    const faults = await checkActiveColour(this.context, this.state, name).catch(() => []);
    return faults.map((fault) => `${name}: ${fault}`);
  }
}
