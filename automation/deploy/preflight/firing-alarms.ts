import { alarmProblem } from "../../observe/analysis/analyse";
import type { StepContext } from "../context";

interface FiringAlarm {
  name: string;
  /** In one line. */
  problem: string;
}

/** Returns the alarms that fire now. Such an alarm would not change its state later, and so could not start a rollback (aws-rules W7). */
export async function firingAlarms({ observer, settings }: StepContext): Promise<FiringAlarm[]> {
  const { alarms } = settings.deploy;
  if (alarms.length === 0) return [];
  const seen = await observer.alarms(alarms);
  return seen.flatMap((alarm) => {
    const { name, reason } = alarm;
    const against = alarmProblem(alarm);
    return against === null ? [] : [{ name, problem: `the alarm ${name} ${against} (${reason})` }];
  });
}
