import { pathText, problem } from "../settings/problem";
import { nextTimeMs } from "../settings/schedule";
import type { Settings } from "../settings/settings";
import { digestOf } from "./infrastructure";
import type { LastOutputs } from "./program-outputs";

/**
 * Finds jobs that never start again, because the last time of their schedule has passed. That comes about by itself, and must stop
 * nobody: settings that were good stay good for all that a deploy and its way back do, and for another stack, such as that of a rehearsal.
 * Only where a plain run adds such a schedule to a stack is it a problem, because then it is a mistake.
 *
 * @param isDeploy whether a deploy runs the program
 * @returns a line for each, as a problem or as a warning
 */
export function passedSchedules(
  services: Settings["services"],
  { services: had, applied }: LastOutputs,
  isDeploy: boolean,
  nowMs = Date.now(),
): { problems: string[]; warnings: string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, { schedule }] of Object.entries(services)) {
    if (schedule === null || nextTimeMs(schedule, nowMs) !== null) continue;
    const path = ["services", name, "schedule"];
    // Older programs did not write what they applied: what they left is taken for the same.
    const isOther = applied !== undefined && applied.infrastructure[path.join(".")] !== digestOf(schedule);
    if (!isDeploy && had !== undefined && (!(name in had) || isOther)) {
      const wanted = "a schedule that comes again, such as cron(30 4 * * ? *), or no job: its last time has passed";
      problems.push(problem(path, schedule.cron, wanted));
    } else {
      warnings.push(
        `${pathText(path)}: the last time of ${schedule.cron} has passed, so that nothing starts ${name} any more: give it another schedule, or remove the job`,
      );
    }
  }
  return { problems, warnings };
}
