import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { alarmTopics, createFailedRunsAlarm } from "./job-alarms";
import { JobColour, type JobColourArgs } from "./job-colour";
import { type RunsLog, recordRuns } from "./job-runs";
import { JobSchedule, type JobScheduleArgs } from "./job-schedule";

export interface JobArgs extends Omit<JobScheduleArgs, "colours"> {
  /** What each colour runs. */
  colourArgs: Readonly<Record<Colour, Omit<JobColourArgs, "runAfter">>>;
  settings: Parameters<typeof alarmTopics>[0];
  shared: RunsLog;
}

/** Creates what a job has instead of instances: its two colours, the schedule that starts the active one, and its alarm. */
export function createJob(
  parent: pulumi.Resource,
  name: string,
  { colourArgs, settings, shared, ...args }: JobArgs,
): { colours: Record<Colour, JobColour>; schedule: JobSchedule } {
  const { runAfter } = args;
  const colour = (which: Colour) => new JobColour(`${name}-${which}`, { ...colourArgs[which], runAfter }, { parent });
  const colours = { blue: colour("blue"), green: colour("green") };
  const schedule = new JobSchedule(name, { ...args, colours }, { parent });
  const { account, tags, clusterNames } = args;
  const runs = { account, service: name, clusterNames, tags };
  const clusterArns = Object.values(colours).map(({ cluster }) => cluster.arn);
  createFailedRunsAlarm(parent, name, { ...runs, clusterArns, topics: alarmTopics(settings, account) });
  recordRuns(parent, name, { ...runs, clusterArns, ...shared });
  return { colours, schedule };
}
