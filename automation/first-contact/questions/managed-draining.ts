import type { Question } from "../question";
import { stoppedIn, terminationsOf } from "./retired-colour";

/** Compares when the tasks of the retired colour stopped with when their instances ended. */
export const managedDraining: Question = {
  title: "whether ECS drains instances that only have DAEMON tasks",
  belief: {
    id: "c",
    text: "managed draining works with DAEMON tasks only: they are STOPPED before their instance ends, which then leaves the cluster",
  },
  moments: ["retired"],

  async ask(trial) {
    const { idle, colours } = await trial.service();
    const { autoScalingGroup, cluster } = colours[idle];
    const [terminations, { stoppedMs, instancesLeft }] = await Promise.all([
      terminationsOf(trial, autoScalingGroup),
      stoppedIn(trial, cluster),
    ]);
    const [termination] = terminations;
    const stopped = Math.max(...stoppedMs);
    if (!termination || stoppedMs.length === 0) return { evidence: "no task stopped with its instance" };
    const before = Math.round(trial.seconds(termination.endedMs - stopped));
    return {
      says: before >= 0 && instancesLeft === 0 ? "confirmed" : "refuted",
      evidence: `the last task was STOPPED ${Math.abs(before)} s ${before >= 0 ? "before" : "after"} its instance ended, and ${instancesLeft} instances are left in the cluster`,
    };
  },
};
