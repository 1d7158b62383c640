import { DEFAULTS } from "../../../components/settings/schema/kinds";
import type { Question } from "../question";
import { terminationsOf } from "./retired-colour";

/** Reads how long Auto Scaling took to terminate the instances of the retired colour, which had no requests left. */
export const drainingDelay: Question = {
  title: "whether Auto Scaling waits the whole deregistration delay",
  belief: {
    id: "b",
    text: "Auto Scaling waits the whole deregistration delay before it terminates an instance, also when nothing is in flight",
  },
  moments: ["retired"],

  async ask(trial) {
    const { idle, colours } = await trial.service();
    const terminations = await terminationsOf(trial, colours[idle].autoScalingGroup);
    if (terminations.length === 0) return { evidence: "no instance was terminated" };
    const shortest = Math.min(...terminations.map(({ startedMs, endedMs }) => trial.seconds(endedMs - startedMs)));
    return {
      says: shortest >= DEFAULTS.deregistrationDelaySeconds ? "confirmed" : "refuted",
      evidence: `a termination took ${Math.round(shortest)} s with a delay of ${DEFAULTS.deregistrationDelaySeconds} s`,
    };
  },
};
