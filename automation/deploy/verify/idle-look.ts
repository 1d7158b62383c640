import { other } from "../../../components/core/colour-name";
import type { ColourOutputs } from "../../../components/live/outputs";
import { checkColour } from "../../observe/check-colour";
import { type ExpectedColour, expectedColour } from "../../observe/expected-colour";
import { ENOUGH_AFTER_MS, isHalfUp } from "../../observe/half-up";
import type { ColourObservation } from "../../ports/observer";
import { isRollback, type RunState, type StepContext } from "../context";

/** What one look at an idle colour shows. */
export interface IdleLook {
  seen: ColourObservation;
  /** What keeps the colour from being whole, one line each. */
  missing: string[];
  /** Whether a part of the colour would do by now: half of it, on the way back, after a short time (docs/decisions/half-is-enough-to-go-back.md). */
  takesHalf: boolean;
  /** Whether so much of the colour is up that it can be verified further. */
  isEnough: boolean;
}

/** Looks at a service's idle colour again and again while it comes up, and says from when on the limit of that wait counts. */
export class IdleLooks {
  readonly outputs: ColourOutputs;
  readonly wanted: ExpectedColour;
  readonly #startedMs: number;
  #startingMs: number;

  constructor(
    private readonly context: StepContext,
    private readonly state: RunState,
    service: string,
  ) {
    const { active, colours } = state.live.services[service]!;
    const idle = other(active);
    this.outputs = state.outputs.services[service]!.colours[idle];
    this.wanted = expectedColour(colours[idle], context.settings.services[service]!.size, this.outputs);
    this.#startedMs = this.#startingMs = context.clock.now();
  }

  /**
   * Unix milliseconds: when an instance of a colour that was not whole was last seen to start, up to `healthyWithinSeconds` after the first look. No `up` may
   * have waited for it: not for a worker's tasks (aws-rules C12), nor in a run that was killed.
   */
  readonly startingMs = (): number => this.#startingMs;

  async look(): Promise<IdleLook> {
    const { observer, settings, clock } = this.context;
    const seen = await observer.colour(this.outputs);
    const passedMs = clock.now() - this.#startedMs;
    const missing = checkColour(this.outputs, seen, this.wanted);
    const isStarting = missing.length > 0 && seen.instances.some((instance) => instance.isStarting);
    if (isStarting && passedMs < settings.deploy.healthyWithinSeconds * 1000) this.#startingMs = clock.now();
    const takesHalf = isRollback(this.state) && passedMs >= ENOUGH_AFTER_MS;
    const isEnough = missing.length === 0 || (takesHalf && isHalfUp(this.outputs, seen, this.wanted));
    return { seen, missing, takesHalf, isEnough };
  }
}

/** Says that production goes back to a colour that is not whole. Returns the line. */
export function toAPart({ emit, clock }: StepContext, service: string, missing: readonly string[]): string {
  const message = `production goes back to a part of ${service}: ${missing.join("; ")}`;
  emit({ type: "notice", atMs: clock.now(), message });
  return message;
}
