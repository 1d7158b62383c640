import { relative } from "node:path";
import { countOf } from "../../components/core/count-of";
import type { CloudEvent, ContainerEnded } from "../cloud/kernel/events";
import { endOfDeploy } from "../deploy-end";
import type { EndedByThemselves, KilledTasks, RehearsalRecord } from "./types";

type Recorded = Pick<RehearsalRecord, "cloud" | "deploys" | "releases" | "fault">;

/**
 * The tasks of services that ended although nobody had asked them to, whatever their exit code, one entry for each release. Not those of a
 * release that was made to be bad or that its deploy rejected, and none of the time before the release's migration.
 */
export function endedByThemselves({ cloud, ...record }: Recorded): EndedByThemselves[] {
  const own = cloud.filter(
    (event): event is ContainerEnded =>
      event.kind === "containerEnded" &&
      event.how === "byItself" &&
      event.isOfService &&
      event.isEssential &&
      isAccepted(record, event),
  );
  const releases = new Map(own.map((end) => [JSON.stringify([end.service, end.release]), end]));
  return [...releases.values()].map(({ service, release, container, exitCode, ranSeconds, said, log }) => {
    const ends = own.filter((end) => end.service === service && end.release === release);
    const last = { container, exitCode, afterSeconds: ranSeconds, said, log: log && relative(process.cwd(), log) };
    return { service, release, tasks: tasksOf(ends), last };
  });
}

/** Whether a deploy has found the release to be good, whose task ended here. */
function isAccepted(
  { releases, deploys, fault = "none" }: Omit<Recorded, "cloud">,
  { service, release, atMs }: ContainerEnded,
): boolean {
  const known = releases.find((each) => each.service === service && each.release === release);
  if (!known) return true;
  // Until its migration is done, a worker may miss what that makes. An api is healthy before it.
  if (known.migratedAtMs !== undefined && atMs < known.migratedAtMs) return false;
  if (known.deploy === 0) return true;
  return fault === "none" && endOfDeploy(deploys[known.deploy - 1] ?? [])?.ok === true;
}

/** A line for each release whose tasks ended by themselves. */
export function endedProblems(ended: readonly EndedByThemselves[]): string[] {
  return ended.map(({ service, release, tasks, last }) => {
    const { container, exitCode, afterSeconds, said, log } = last;
    const what = `${countOf(tasks, "task")} of ${service} (${release}) ended by ${tasks === 1 ? "itself" : "themselves"}`;
    const sidecar = container === service ? "" : ` of its container ${container}`;
    const cause = said === null ? "" : ` (${said})`;
    const output = log === null ? "" : `; its output: ${log}`;
    return `${what}: ${tasks === 1 ? "" : "the last "}with exit code ${exitCode}${sidecar} after ${secondsText(afterSeconds)}${cause}${output}`;
  });
}

/** The services of whose tasks some were killed when their time after SIGTERM was over, although they have a handler for it. */
export function killedTasks(cloud: readonly CloudEvent[]): KilledTasks[] {
  const ends = cloud.filter((event): event is ContainerEnded => event.kind === "containerEnded" && event.isOfService);
  const services = [...new Set(ends.map(({ service }) => service))];
  return services.flatMap((service) => {
    const stopped = ends.filter((end) => end.service === service && end.graceSeconds !== null);
    const killed = stopped.filter(({ how }) => how === "killed");
    if (killed.length === 0) return [];
    const afterSeconds = Math.max(...killed.map(({ graceSeconds }) => graceSeconds ?? 0));
    return [{ service, killed: tasksOf(killed), stopped: tasksOf(stopped), afterSeconds }];
  });
}

/** Says which services' tasks were killed; "" if none were. */
export function killedNote(killed: readonly KilledTasks[]): string {
  return killed
    .map(({ service, killed: count, stopped, afterSeconds }) => {
      const were = count === 1 ? "was" : "were";
      const they = count === 1 ? "it" : "they";
      return `${count} of ${countOf(stopped, "task")} of ${service} ${were} killed ${secondsText(afterSeconds)} (real) after SIGTERM: ${they} did not end by ${count === 1 ? "itself" : "themselves"}`;
    })
    .join("; ");
}

function tasksOf(ends: readonly ContainerEnded[]): number {
  return new Set(ends.map(({ taskId }) => taskId)).size;
}

/** `4.2 s`, `42 s`: real seconds. */
export function secondsText(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
