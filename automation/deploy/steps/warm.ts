import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import type { Live } from "../../../components/live/live";
import { drainsTasks } from "../../../components/settings/drains-tasks";
import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { idleOutputs } from "../../observe/active-state";
import { explainFailure } from "../../observe/explain-failure";
import { type RunState, type StepContext, withDone } from "../context";
import { warmed } from "../live-transitions";
import { StartingColours } from "../starting-colours";
import type { Step, Work } from "../step";
import { idleSizes, isJob, upTo } from "../up";

/** Gives the idle colour the new release and as many instances as the active one has, at least the settings' size, and waits for these. */
export const warm: Step = {
  name: "warm",
  title: "Warm the idle colour with the new release",
  rollbackTitle: "Warm the idle colour with the release to go back to",
  plan: ({ cold }) => ({ services: cold }),
  floorSeconds: () => 150,
  intend: warmLive,
  forecast: (service, state, after) =>
    isJob(service, state)
      ? `${service} ${other(state.live.services[service]!.active)}: ready to run ${state.desired[service]!.name}`
      : idleSizes(service, state, after).replace(":", `: ${state.desired[service]!.name} on`),

  async perform(context, state, { services, intended }) {
    const startedMs = context.clock.now();
    await endLeavingTasks(context, state, services);
    try {
      const starting = new StartingColours(context, state, services, intended!);
      const [next] = await Promise.all([
        upTo(context, state, "warm", intended!, `warm ${names(state, services)}`),
        starting.rememberEarlier(state),
      ]);
      await starting.untilUp(next);
      return { state: withDone(next, "warm", services), detail: services.map((name) => sizeOf(next, name)).join(", ") };
    } catch (error) {
      if (!(error instanceof StepFailed) || context.signal.aborted) throw error;
      throw await explainFailure(error, context, state, services, startedMs);
    }
  },
};

/**
 * Tells tasks to end that an interrupted `retire` has left behind, with streams that are still open. ECS would replace them by the new release's, because
 * their instances are still a part of the cluster; on an instance that drains it starts nothing.
 */
async function endLeavingTasks(
  { taskDrain, settings }: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<void> {
  const leaving = services.filter((name) => {
    const { active, colours } = state.live.services[name]!;
    return drainsTasks(settings.services[name]!) && colours[other(active)].size === 0;
  });
  const clusters = leaving.map((name) => idleOutputs(state, name).cluster);
  await concurrently(clusters, (cluster) => taskDrain.begin(cluster));
}

function warmLive(
  { settings }: Pick<StepContext, "settings">,
  { live, desired, activeInstances }: RunState,
  { services }: Work,
): Live {
  const wanted = services.map((name) => {
    const { active, colours } = live.services[name]!;
    const size = Math.max(colours[active].size, activeInstances[name] ?? 0, settings.services[name]!.size.min);
    return [name, { release: desired[name]!, size }] as const;
  });
  return warmed(live, Object.fromEntries(wanted));
}

function names({ desired }: RunState, services: readonly string[]): string {
  return services.map((name) => `${name} ${desired[name]!.name}`).join(", ");
}

function sizeOf(state: RunState, name: string): string {
  const { active, colours } = state.live.services[name]!;
  const idle = other(active);
  if (isJob(name, state)) return `${name} ${idle} has ${colours[idle].release?.name}`;
  return `${name} ${idle} runs ${colours[idle].release?.name} on ${countOf(colours[idle].size, "instance")}`;
}
