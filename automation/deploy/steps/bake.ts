import { withDone } from "../context";
import { harmBeforeCutover } from "../harm-before-cutover";
import { monitorShare } from "../monitored-services";
import type { Step } from "../step";

/** Analyses the new release while it has all of production. The old colour is still warm, so a rollback takes seconds. */
export const bake: Step = {
  name: "bake",
  title: "Analyse the new release in production",
  plan: ({ isRollback, deploy, replaced, isNotDone, runsAlways }) => ({
    services:
      isRollback || deploy.bakeSeconds === 0
        ? []
        : replaced.filter((name) => runsAlways(name) && isNotDone("bake")(name)),
  }),
  floorSeconds: (_, { deploy }) => deploy.bakeSeconds,

  async perform(context, state, { services }) {
    const { bakeSeconds } = context.settings.deploy;
    const { progress } = state;
    const sinceMs = progress.routedAtMs ?? context.clock.now();
    const seen = await monitorShare(context, state, { step: "bake", services, sinceMs, seconds: bakeSeconds });
    const harm = await harmBeforeCutover(context, state, services);
    return {
      state: withDone(state, "bake", services),
      detail: [`${bakeSeconds} s since the cutover`, seen].filter(Boolean).join(": ") + harm,
    };
  },
};
