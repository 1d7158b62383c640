import { counted } from "../../automation/page/kit/format";
import { other } from "../../components/core/colour-name";
import type { CloudEvent } from "../cloud/kernel/events";
import { activeTimes, deploysOf } from "./active-times";
import { type GroupOwner, isGroupOf } from "./cloud/group-owners";
import { colourOfAnswers } from "./release-colour";
import type { TrafficSamples } from "./samples";
import type { RehearsalRecord } from "./types";

type Recorded = Pick<RehearsalRecord, "streams" | "cloud" | "settings" | "releases" | "deploys">;

const SINCE = { confirm: "production was confirmed", deployEnded: "the deploy had ended" } as const;

/**
 * Where a deploy did not end as it says, by what clients got and the cloud ran, one line each: the colour that production
 * left still answers, or still runs.
 */
export function endProblems(record: Recorded, samples: TrafficSamples): string[] {
  const named = (deploy: number, line: string) => (record.deploys.length > 1 ? `deploy ${deploy}: ${line}` : line);
  return record.settings.services.flatMap((service) => [
    ...answersOfOthers(record, samples, service).map(([deploy, line]) => named(deploy, line)),
    ...tasksOfOthers(record, service).map(([deploy, line]) => named(deploy, line)),
  ]);
}

type Line = [deploy: number, text: string];

/** Answers to requests that were sent when production had to be the other colour. */
function answersOfOthers(record: Recorded, { requests }: TrafficSamples, service: string): Line[] {
  const colourOf = colourOfAnswers(record);
  const names = new Set(record.streams.flatMap((stream) => (stream.service === service ? [stream.name] : [])));
  const own = requests.filter(({ stream, release }) => names.has(stream) && release !== "");
  return activeTimes(record, service).flatMap(({ deploy, colour, fromMs, toMs, since }): Line[] => {
    const others = own.filter(
      ({ release, atMs }) => atMs > fromMs && atMs < toMs && colourOf(service, release, atMs) !== colour,
    );
    if (others.length === 0) return [];
    const releases = [...new Set(others.map(({ release }) => release))].join(", ");
    return [[deploy, `${service} ${releases} answered ${counted(others.length, "request")} after ${SINCE[since]}`]];
  });
}

/** Tasks of the colour that production left, when the deploy had ended. */
function tasksOfOthers({ cloud, settings, ...recorded }: Recorded, service: string): Line[] {
  // A run of a job that goes on is not stopped.
  if (settings.kinds?.[service] === "job") return [];
  return deploysOf(recorded, service).flatMap(({ deploy, fresh, ended }): Line[] => {
    if (!ended || ended.outcome === "left" || ended.warm?.[service]) return [];
    const idle = ended.outcome === "done" ? other(fresh) : fresh;
    const left = tasksAt(cloud, { service, colour: idle }, ended.atMs);
    return left === 0
      ? []
      : [[deploy, `${service} ${idle} still ran ${counted(left, "task")} when the deploy had ended`]];
  });
}

/** How many tasks ran at a time on the instances of a service's colour. */
function tasksAt(cloud: readonly CloudEvent[], owner: GroupOwner, atMs: number): number {
  const instances = new Set(
    cloud.flatMap((event) =>
      event.kind === "instance" && isGroupOf(event.autoScalingGroup, owner) ? [event.instanceId] : [],
    ),
  );
  const running = new Set<string>();
  for (const event of cloud) {
    if (event.kind !== "task" || event.atMs > atMs || !instances.has(event.instanceId)) continue;
    if (event.state === "running") running.add(event.taskId);
    else running.delete(event.taskId);
  }
  return running.size;
}
