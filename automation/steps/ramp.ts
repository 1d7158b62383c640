import type { StepAction } from "../context";
import { ramped } from "../next-live";
import { rampedKey } from "../plan";
import { watch } from "../watch/watch";
import { upTo } from "./up";
import { watched, watching } from "./watched";

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
  const startedMs = clock.now();
  const seen = await watch(watching(context, situation), {
    step: "ramp",
    services: watched(context, next, services, "idle"),
    sinceMs,
    untilMs: sinceMs + settings.deploy.rampPauseSeconds * 1000,
    // The old release has traffic of its own in the same minutes.
    compare: "meanwhile",
  });
  context.emit({ type: "waited", atMs: clock.now(), step: "ramp", seconds: (clock.now() - startedMs) / 1000 });
  const done = new Set([...next.progress.ramped, ...services.map((name) => rampedKey(next.wish[name]!.image, share!))]);
  return {
    situation: { ...next, progress: { ...next.progress, ramped: done } },
    detail: `${share} % of ${who}: ${seen}`,
  };
};
