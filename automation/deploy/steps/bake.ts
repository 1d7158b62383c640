import { union } from "../../ports/checkpoint";
import type { Step } from "../step";
import { monitorShare } from "./monitor-release";

/** The new release has all of production; the old colour is still warm, so that what goes wrong now is rolled back in seconds. */
export const bake: Step = {
  name: "bake",
  title: "Analyse the new release in production",
  plan: ({ isRollback, bakes, replaced, isNotIn, progress }) => ({
    services: isRollback || !bakes ? [] : replaced.filter(isNotIn(progress.baked)),
  }),
  floorSeconds: (_, { deploy }) => deploy.bakeSeconds,

  async perform(context, state, { services }) {
    const { bakeSeconds } = context.settings.deploy;
    const { progress } = state;
    const sinceMs = progress.routedAtMs ?? context.clock.now();
    const seen = await monitorShare(context, state, { step: "bake", services, sinceMs, seconds: bakeSeconds });
    const baked = union(
      progress.baked,
      services.map((name) => state.desired[name]!.image),
    );
    return {
      state: { ...state, progress: { ...progress, baked } },
      detail: [`${bakeSeconds} s since the cutover`, seen].filter(Boolean).join(": "),
    };
  },
};
