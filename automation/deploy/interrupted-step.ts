import { isDeepStrictEqual } from "node:util";
import { other } from "../../components/core/colour-name";
import { hasHadRelease, type Live, type LiveService } from "../../components/live/live";
import { isSameRelease } from "../../components/live/release";
import type { RunState } from "./context";
import { withColour } from "./live-transitions";
import type { Step } from "./step";

/**
 * The state after a step that was left when an `up` of it had ended. Where that changed routing, time counts from now on: nobody recorded when
 * it was. Where the step has several `up`s, it was not the last one if the idle colours are not as the step was to leave them.
 */
export function betweenUps(
  state: RunState,
  step: Pick<Step, "name" | "changesRouting">,
  intended: Live,
  nowMs: number,
): RunState {
  if (step.changesRouting) return { ...state, progress: { ...state.progress, routedAtMs: nowMs } };
  const wanted = withIdleOf(state.live, intended, Object.keys(state.desired));
  return isDeepStrictEqual(wanted, state.live) ? state : interrupted(state, step, wanted, nowMs);
}

/**
 * The state after an `up` that failed or whose end nobody saw: a part of what it was asked for may have been done. Where that is instances,
 * the plan goes on from what was asked for, so that the next `up` sees to all of them. Production's routing counts as unchanged until an `up` has ended.
 */
export function interrupted(
  state: RunState,
  step: Pick<Step, "name" | "changesRouting">,
  intended: Live,
  nowMs: number,
): RunState {
  const changed: RunState = { ...state, unsettled: step.name };
  if (step.changesRouting) return { ...changed, progress: { ...state.progress, routedAtMs: nowMs } };
  // Nobody knows that an idle colour with a release of another run is at 0, and before that its release must not change.
  const { services } = withIdleOf(intended, state.live, occupiedServices(state));
  // `pulumi up` may have added services since, or removed some and added them again.
  return {
    ...changed,
    live: { ...state.live, services: { ...state.live.services, ...ofServices(services, state) } },
  };
}

/** A live state with the idle colours of these services as another one has them. */
function withIdleOf(live: Live, intended: Live, names: readonly string[]): Live {
  const changed = names.map((name): [string, LiveService] => {
    const service = live.services[name]!;
    const idle = other(service.active);
    return [name, withColour(service, idle, intended.services[name]?.colours[idle] ?? service.colours[idle])];
  });
  return { ...live, services: { ...live.services, ...Object.fromEntries(changed) } };
}

function occupiedServices({ live, desired }: RunState): string[] {
  return Object.keys(desired).filter((name) => {
    const { active, colours } = live.services[name]!;
    const { release, size } = colours[other(active)];
    return size > 0 && !isSameRelease(release, desired[name]);
  });
}

/**
 * The values of the services that the stack has, and has had since the run began. One that was removed and added again is another service: what
 * the run knows of it is over.
 */
export function ofServices<Value>(
  values: Readonly<Record<string, Value>>,
  { before, live }: Pick<RunState, "before" | "live">,
): Record<string, Value> {
  const isThere = (name: string) =>
    Object.hasOwn(live.services, name) && (hasHadRelease(live, name) || !hasHadRelease(before, name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => isThere(name)));
}
