import type { ColourOutputs } from "../../components/live/outputs";
import type { ObservedInstance } from "../ports/observer";
import type { StepContext } from "./context";

/**
 * Agents disconnect and connect again in normal operation, within seconds; one that stays away as long as this is lost. An instance that was stopped while it
 * booted has none: AWS does not document whether ECS completes the hook of such an instance (aws-rules C28).
 */
const LOST_AGENT_MS = 30_000;
/** States of a task that nobody has told to end yet. */
const STARTING_OR_RUNNING: readonly string[] = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"];

/**
 * What is left of a colour at size 0. It is gone when its Auto Scaling group has no instance and its target groups have no target: ECS may go on to list
 * tasks of instances that are gone (aws-rules C23).
 */
export class IdleColour {
  /** Instances without traffic that Auto Scaling holds until an agent answers that is lost (aws-rules C28). Nothing waits for them. */
  held: string[] = [];
  /** Whether a colour whose tasks end before its instances still had some of these at the end. */
  hasInstances = false;
  #isTold = false;
  #lostSinceMs = new Map<string, number>();

  constructor(
    readonly service: string,
    private readonly outputs: ColourOutputs,
    private readonly endsByTasks: boolean,
  ) {}

  /** Returns what there is to wait for, one line each. */
  async left({ observer, clock, settings, taskDrain }: StepContext): Promise<string[]> {
    // A run of a job that goes on is not stopped: it ends by itself, and nothing waits for it.
    if (settings.services[this.service]!.kind === "job") return [];
    // After the `up`: the instances are being deregistered, so that no health check notices a task that listens no more.
    if (this.endsByTasks && !this.#isTold) await taskDrain.begin(this.outputs.cluster);
    this.#isTold = true;
    const { instances, targets, tasks } = await observer.colour(this.outputs);
    const nowMs = clock.now();
    const isLost = ({ agent, state }: ObservedInstance) => agent !== "connected" && state === "Terminating:Wait";
    const lost = instances.filter(isLost).map(({ id }) => id);
    this.#lostSinceMs = new Map(lost.map((id) => [id, this.#lostSinceMs.get(id) ?? nowMs]));
    // The tasks of a worker take messages as long as they run.
    const mayBeHeld = settings.services[this.service]!.kind === "api" && targets.length === 0;
    this.held = mayBeHeld ? lost.filter((id) => nowMs - this.#lostSinceMs.get(id)! >= LOST_AGENT_MS) : [];
    const present = instances.filter(({ id }) => !this.held.includes(id));
    if (this.endsByTasks) {
      this.hasInstances = instances.length > 0;
      const own = tasks.filter(({ instanceId }) => present.some(({ id }) => id === instanceId));
      // An instance that was still booting joins the cluster later, and ECS starts a task on it: that one is told at the next look.
      this.#isTold = own.every(({ status }) => !STARTING_OR_RUNNING.includes(status));
      const busy = present.filter(({ id }) => own.some(({ instanceId }) => instanceId === id));
      return busy.map(({ id }) => `the task on ${id} still has open streams or requests`);
    }
    return [
      ...targets.map(({ instanceId, state }) => `target ${instanceId} is still ${state}`),
      ...present.map((instance) =>
        [
          `instance ${instance.id} is still ${instance.state}`,
          ...(isLost(instance)
            ? [instance.agent === "none" ? "it is not in the cluster" : "its agent is disconnected"]
            : []),
        ].join(", "),
      ),
    ];
  }
}

/** What of colours that are gone still ends by itself, as the end of a sentence; "" without any. */
export function restText(idle: readonly IdleColour[]): string {
  const emptied = idle.filter(({ hasInstances }) => hasInstances).map(({ service }) => service);
  const held = idle.flatMap((one) => one.held);
  const rest =
    emptied.length === 0
      ? ""
      : `; the tasks of ${emptied.join(", ")} have ended, and their instances end by themselves`;
  return held.length === 0
    ? rest
    : `${rest}; ${held.join(", ")} ${held.length === 1 ? "has" : "have"} no connected ECS agent and ${held.length === 1 ? "ends" : "end"} by Auto Scaling within an hour, without traffic`;
}
