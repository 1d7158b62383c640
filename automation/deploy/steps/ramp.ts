import { union } from "../../ports/checkpoint";
import type { StepAction } from "../context";
import { ramped } from "../live-transitions";
import { rampedKey } from "../plan";
import { monitorShare } from "./monitor-release";
import { upTo } from "./up";

/** The idle colour gets a share of production's requests, by weights on both load balancers, and is watched for a while. */
export const ramp: StepAction = async (context, state, services, share) => {
  const { clock, settings } = context;
  const who = services.join(", ");
  const isThere = state.unsettled === null && services.every((name) => state.live.services[name]!.idleShare === share);
  const routed = isThere
    ? state
    : await upTo(context, state, "ramp", ramped(state.live, services, share!), `${share} % of ${who}`);
  const sinceMs = isThere ? (state.progress.routedAtMs ?? clock.now()) : clock.now();
  const next = { ...routed, progress: { ...routed.progress, routedAtMs: sinceMs } };
  const seconds = settings.deploy.rampPauseSeconds;
  const seen = await monitorShare(context, next, { step: "ramp", services, sinceMs, seconds });
  const done = union(
    next.progress.ramped,
    services.map((name) => rampedKey(next.desired[name]!.image, share!)),
  );
  return {
    state: { ...next, progress: { ...next.progress, ramped: done } },
    detail: `${share} % of ${who}: ${seen}`,
  };
};
