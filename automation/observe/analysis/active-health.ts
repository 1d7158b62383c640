import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { transientProblem } from "../../core/retry-transient";
import type { ActiveState } from "../active-state";
import { checkActiveColour } from "../check-active-colour";
import { ConsecutiveFailures } from "./consecutive-failures";
import { pollIntervalMs } from "./poll-interval";
import type { MonitorContext } from "./release-monitor";

/** Checks that the active colours stay healthy while a step waits for something else. */
export class ActiveHealth {
  readonly #failures = new ConsecutiveFailures();
  readonly #intervalMs: number;
  #dueMs = 0;

  constructor(
    private readonly context: MonitorContext & { signal: AbortSignal },
    private readonly state: ActiveState,
    private readonly services: readonly string[],
  ) {
    this.#intervalMs = pollIntervalMs(context.settings.deploy.metricPeriodSeconds, services.length);
  }

  /** @throws StepFailed when two looks in a row find a problem with a colour */
  async lookWhenDue(): Promise<void> {
    if (this.context.clock.now() >= this.#dueMs) await this.#look();
  }

  /**
   * Looks a last time, and once more if that look finds a problem.
   * @throws StepFailed when two looks in a row find a problem with a colour
   */
  async lookLast(): Promise<void> {
    await this.#look();
    if (!this.#failures.any) return;
    await this.context.clock.sleep(this.#intervalMs, this.context.signal);
    await this.#look();
  }

  async #look(): Promise<void> {
    this.#dueMs = this.context.clock.now() + this.#intervalMs;
    const found = await concurrently(this.services, async (name) => [name, await this.#problems(name)] as const);
    const problems = this.#failures.confirmed(new Map(found));
    if (problems.length > 0) throw new StepFailed(problems.join("; "));
  }

  /** A colour that was healthy before has no problem just because AWS does not answer now, or an agent is disconnected. */
  async #problems(name: string): Promise<string[]> {
    try {
      const { problems, isKnown } = await checkActiveColour(this.context, this.state, name);
      return (isKnown ? problems : []).map((problem) => `${name}: ${problem}`);
    } catch (error) {
      if (transientProblem(error) === null) throw error;
      return [];
    }
  }
}
