import { other } from "../../../components/core/colour-name";
import { releaseKey } from "../../../components/live/release";
import { withReleases } from "../../ports/checkpoint";
import { withInstancesKept } from "../active-sizes";
import { withoutDone } from "../context";
import { ramped } from "../live-transitions";
import { monitorShare } from "../monitored-services";
import { rampedKey } from "../plan-facts";
import type { Step } from "../step";
import { upTo } from "../up";

/** Gives the idle colour a share of production's requests, by weights on both load balancers, and monitors it for `deploy.rampPauseSeconds`. */
export const ramp: Step = {
  name: "ramp",
  title: "Give the new release a share of production",
  changesRouting: true,
  plan: ({ isRollback, deploy, ahead, hasClients, hasProduction, isUnrampedAt }) =>
    (isRollback ? [] : deploy.ramp).map((share) => ({
      services: ahead.filter((name) => hasClients(name) && hasProduction(name) && isUnrampedAt(share)(name)),
      share,
    })),
  floorSeconds: (_, { deploy }) => deploy.rampPauseSeconds,
  intend: (_, { live }, { services, share }) => ramped(live, services, share!),
  forecast: (service, { live }, _, { share }) => `${share} % of ${service} to ${other(live.services[service]!.active)}`,

  async perform(context, state, { services, share, intended }) {
    const { clock, settings } = context;
    const who = services.join(", ");
    const isThere =
      state.unsettled === null && services.every((name) => state.live.services[name]!.idleShare === share);
    // A release that fails gives all requests back, and the old colour has to be as large as before.
    const kept = async () => (await withInstancesKept(context, state, intended!, services)).live;
    const routed = isThere ? state : await upTo(context, state, "ramp", await kept(), `${share} % of ${who}`);
    const sinceMs = isThere ? (state.progress.routedAtMs ?? clock.now()) : clock.now();
    const next = { ...routed, progress: { ...routed.progress, routedAtMs: sinceMs } };
    const seconds = settings.deploy.rampPauseSeconds;
    const seen = await monitorShare(context, next, { step: "ramp", services, sinceMs, seconds });
    const done = services.map((name) => rampedKey(releaseKey(next.desired[name]!), share!));
    // Production may have grown during the share, and the idle colour has no policy of its own: the plan has `matchSize` again before it gets more.
    const uncompared = withoutDone(next, "matchSize", services);
    return {
      state: { ...uncompared, progress: withReleases(uncompared.progress, "ramp", done) },
      detail: `${share} % of ${who}: ${seen}`,
    };
  },
};
