import { DEFAULTS } from "../../../components/settings/schema/kinds";
import type { Question } from "../question";
import { hasWholeDelay, stoppedIn, terminationsOf, toldAfter } from "./retired-colour";

/** Compares when the tasks of the retired colour stopped with when Auto Scaling began and ended the termination of their instances. */
export const managedDraining: Question = {
  title: "whether ECS drains instances that only have DAEMON tasks, and how long they take to end",
  numbers: ["drainingEvent", "powerOff"],
  belief: {
    id: "c",
    text: "managed draining works with DAEMON tasks only: they are STOPPED before their instance ends, which then leaves the cluster",
  },
  moments: ["retired"],

  async ask(trial) {
    const { idle, colours } = await trial.service();
    const { autoScalingGroup, cluster } = colours[idle];
    const [terminations, { stopped, instancesLeft }] = await Promise.all([
      terminationsOf(trial, autoScalingGroup),
      stoppedIn(trial, cluster),
    ]);
    const [termination] = terminations;
    const last = stopped.sort((one, two) => one.stoppedMs - two.stoppedMs).at(-1);
    if (!termination || !last) return { evidence: "no task stopped with its instance" };
    const powerOff = trial.seconds(termination.endedMs - last.stoppedMs);
    const before = Math.round(powerOff);
    const told = toldAfter(trial, terminations, stopped);
    return {
      says: before >= 0 && instancesLeft === 0 ? "confirmed" : "refuted",
      evidence: `the last task was STOPPED ${Math.abs(before)} s ${before >= 0 ? "before" : "after"} its instance ended, and ${instancesLeft} instances are left in the cluster`,
      seconds: {
        // What did not wait the whole delay is no time of the event: it refutes (b).
        drainingEvent: told.filter(hasWholeDelay).map((seconds) => seconds - DEFAULTS.deregistrationDelaySeconds),
        powerOff: before >= 0 ? [powerOff] : [],
      },
    };
  },
};
