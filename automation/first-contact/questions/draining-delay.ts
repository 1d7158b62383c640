import { DEFAULTS } from "../../../components/settings/schema/kinds";
import type { Question } from "../question";
import { hasWholeDelay, stoppedIn, terminationsOf, toldAfter } from "./retired-colour";

/**
 * Reads how soon after the beginning of a termination ECS told the task to stop, on an instance of the retired colour, which had no requests left. The whole
 * termination says little: the hook, the task's end and the shutdown come after the wait, and take longer than the delay.
 */
export const drainingDelay: Question = {
  title: "whether Auto Scaling waits the whole deregistration delay",
  belief: {
    id: "b",
    text: "Auto Scaling waits the whole deregistration delay before it terminates an instance, also when nothing is in flight",
  },
  moments: ["retired"],

  async ask(trial) {
    const { idle, colours } = await trial.service();
    const { autoScalingGroup, cluster } = colours[idle];
    const [terminations, { stopped }] = await Promise.all([
      terminationsOf(trial, autoScalingGroup),
      stoppedIn(trial, cluster),
    ]);
    if (terminations.length === 0) return { evidence: "no instance was terminated" };
    const told = toldAfter(trial, terminations, stopped);
    const gone = terminations.map(({ startedMs, endedMs }) => trial.seconds(endedMs - startedMs));
    const shortest = Math.min(...told, ...gone);
    if (told.length === 0 && hasWholeDelay(shortest))
      return { evidence: "ECS does not say when it told the task on a terminated instance to stop" };
    const what = told.includes(shortest) ? "a task was told to stop" : "an instance was gone";
    return {
      says: hasWholeDelay(shortest) ? "confirmed" : "refuted",
      evidence: `${what} ${Math.round(shortest)} s after the termination began, with a delay of ${DEFAULTS.deregistrationDelaySeconds} s`,
    };
  },
};
