import type { StepAction } from "../context";
import { ramped } from "../live-transitions";
import { rampedKey } from "../plan";
import { watchRelease } from "./monitor-release";
import { upTo } from "./up";

/** The idle colour gets a share of production's requests, by weights on both load balancers, and is watched for a while. */
export const ramp: StepAction = async (context, situation, services, share) => {
  const { clock, settings } = context;
  const who = services.join(", ");
  const isThere =
    situation.unsettled === null && services.every((name) => situation.live.services[name]!.idleShare === share);
  const routed = isThere
    ? situation
    : await upTo(context, situation, "ramp", ramped(situation.live, services, share!), `${share} % of ${who}`);
  const sinceMs = isThere ? (situation.progress.routedAtMs ?? clock.now()) : clock.now();
  const next = { ...routed, progress: { ...routed.progress, routedAtMs: sinceMs } };
  const seconds = settings.deploy.rampPauseSeconds;
  const seen = await watchRelease(context, next, { step: "ramp", services, sinceMs, seconds });
  const done = new Set([...next.progress.ramped, ...services.map((name) => rampedKey(next.wish[name]!.image, share!))]);
  return {
    situation: { ...next, progress: { ...next.progress, ramped: done } },
    detail: `${share} % of ${who}: ${seen}`,
  };
};
