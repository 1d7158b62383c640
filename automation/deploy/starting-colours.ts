import { other } from "../../components/core/colour-name";
import { countOf } from "../../components/core/count-of";
import { concurrently } from "../core/concurrently";
import { StepFailed } from "../core/errors";
import { pollPace } from "../core/poll-pace";
import { retryTransient } from "../core/retry-transient";
import { waitUntil } from "../core/wait-until";
import { idleOutputs } from "../observe/active-state";
import { targetProblems } from "../observe/check-colour";
import { expectedColour, leastInstances } from "../observe/expected-colour";
import { FailedStarts } from "../observe/failed-starts";
import { ENOUGH_AFTER_MS, isHalfUp } from "../observe/half-up";
import type { ColourObservation } from "../ports/observer";
import { isRollback, progressReporter, type RunState, type StepContext } from "./context";
import { isJob } from "./up";

/**
 * The idle colours that an `up` gives instances. The `up` does not wait for these: the provider could not tell why they do not come, and would wait to the
 * end of its time for a release that crashes on start, and after the run was told to stop.
 */
export class StartingColours {
  readonly #failures = new Map<string, FailedStarts>();
  /** Unix milliseconds, by service. */
  readonly #halfUpSinceMs = new Map<string, number>();

  /** @param state before the `up` */
  constructor(
    private readonly context: StepContext,
    state: RunState,
    services: readonly string[],
    after: RunState["live"],
  ) {
    for (const name of services.filter((service) => !isJob(service, state))) {
      const { active, colours } = after.services[name]!;
      this.#failures.set(name, new FailedStarts(colours[other(active)].size));
    }
  }

  /**
   * Remembers what failed in earlier runs. It never fails, because the `up` beside it would go on alone: where nobody can look, what the first look of the
   * wait shows counts as earlier, and that look says why.
   */
  async rememberEarlier(state: RunState): Promise<void> {
    await concurrently([...this.#failures], async ([name, failures]) => {
      const seen = await this.#seen(state, name).catch(() => null);
      if (seen !== null) failures.reasonToGiveUp(seen);
    });
  }

  /**
   * Waits until all instances are in service and healthy in every target group.
   * @param state after the `up`
   * @throws StepFailed at the limit of the settings, or when tasks or launches fail again and again
   */
  async untilUp(state: RunState): Promise<void> {
    const { clock, signal, settings, emit } = this.context;
    const { healthyWithinSeconds, metricPeriodSeconds } = settings.deploy;
    if (this.#failures.size === 0) return;
    const startedMs = clock.now();
    try {
      await waitUntil(
        "the idle colour is not up",
        retryTransient(() => this.#problems(state)),
        {
          ...{ clock, signal, limitMs: healthyWithinSeconds * 1000 },
          pace: pollPace(metricPeriodSeconds, { services: this.#failures.size }),
          onProgress: progressReporter(this.context, "warm"),
        },
      );
    } finally {
      emit({ type: "waited", atMs: clock.now(), step: "warm", seconds: (clock.now() - startedMs) / 1000 });
    }
  }

  /** Looks at the colours that were not up yet. */
  async #problems(state: RunState): Promise<string[]> {
    const found = await concurrently([...this.#failures], async ([name, failures]) => {
      const seen = await this.#seen(state, name);
      const problems = this.#problemsOf(state, name, seen);
      const reason = problems.length > 0 && failures.reasonToGiveUp(seen);
      if (reason) throw new StepFailed(`${name} is not up: ${reason}`);
      if (problems.length === 0) this.#failures.delete(name);
      return problems.map((problem) => `${name}: ${problem}`);
    });
    return found.flat();
  }

  #problemsOf(state: RunState, name: string, seen: ColourObservation): string[] {
    const { active, colours } = state.live.services[name]!;
    const outputs = idleOutputs(state, name);
    const wanted = expectedColour(colours[other(active)], this.context.settings.services[name]!.size, outputs);
    if (isRollback(state) && this.#isEnough(name, isHalfUp(outputs, seen, wanted))) return [];
    const size = leastInstances(wanted, seen);
    const missing = seen.inService < size ? [`${seen.inService} of ${countOf(size, "instance")} are in service`] : [];
    return [...missing, ...targetProblems(outputs, seen, size)];
  }

  /** On the way back, half of the instances are enough when the others have not come after a short time (docs/decisions/half-is-enough-to-go-back.md). */
  #isEnough(name: string, isHalf: boolean): boolean {
    const nowMs = this.context.clock.now();
    if (!isHalf) this.#halfUpSinceMs.delete(name);
    else if (!this.#halfUpSinceMs.has(name)) this.#halfUpSinceMs.set(name, nowMs);
    return nowMs - (this.#halfUpSinceMs.get(name) ?? nowMs) >= ENOUGH_AFTER_MS;
  }

  #seen(state: RunState, name: string): Promise<ColourObservation> {
    return this.context.observer.colour(idleOutputs(state, name));
  }
}
