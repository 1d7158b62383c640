import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { SCHEDULED_END } from "../../components/live/keep-warm";
import { inlineProjectSettings } from "../core/project";
import { selectStack } from "../stack/automation-stack";
import { causeOf } from "../stack/engine-errors";
import { nameOf } from "../stack/exported-state";
import { withoutLog } from "../stack/home-without-log";
import { UpProgress } from "../stack/up-progress";

/** A resource that is no longer as the last `up` left it. */
export interface Drift {
  /** `gone`: AWS has no such resource any more. */
  what: "changed" | "gone";
  /** Such as `aws:lb/listenerRule:ListenerRule`. */
  type: string;
  name: string;
  /** Paths of the inputs or outputs that differ. Values are left out, because they may be secret. */
  properties: string[];
}

const GROUP = "aws:autoscaling/group:Group";
const SCHEDULE = "aws:autoscaling/schedule:Schedule";

/** Properties that change all day without anybody's doing, by resource type. They are no drift. */
const VOLATILE: Record<string, readonly string[]> = {
  // An Auto Scaling group's size follows the load.
  [GROUP]: ["desiredCapacity", "predictedCapacity", "warmPoolSize"],
  // The next time of a scheduled action.
  [SCHEDULE]: ["startTime"],
  // The refresh of a group reports the newest version, too.
  "aws:ec2/launchTemplate:LaunchTemplate": ["latestVersion"],
  // Backups are made every five minutes, and RDS upgrades minor versions.
  "aws:rds/instance:Instance": ["latestRestorableTime", "engineVersionActual"],
};

/**
 * Reads every resource of a stack from AWS and compares it with the state. It changes neither and takes no lock.
 * @throws UserError if the stack does not exist, or (exit code 1) if the engine could not read a resource
 */
export async function findDrift(
  stackName: string,
  settingsFile: string,
  pulumiCommand: PulumiCommand,
): Promise<Drift[]> {
  const directory = await mkdtemp(join(tmpdir(), "aoshingo-drift-"));
  try {
    await copyFile(settingsFile, join(directory, `Pulumi.${stackName}.yaml`));
    const workspace = await LocalWorkspace.create({
      workDir: directory,
      projectSettings: inlineProjectSettings(),
      pulumiCommand,
      // A refresh reads the resources from the state and does not run the program.
      program: async () => ({}),
      envVars: withoutLog(directory, process.env),
    });
    return await refreshed(await selectStack(stackName, workspace));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function refreshed(stack: Stack): Promise<Drift[]> {
  const events: EngineEvent[] = [];
  const progress = new UpProgress(() => {});
  const onEvent = (event: EngineEvent) => {
    events.push(event);
    progress.take(event);
  };
  try {
    await stack.previewRefresh({ color: "never", suppressProgress: true, runProgram: false, onEvent });
    return driftIn(events);
  } catch (error) {
    const reason = causeOf(progress.errors, error as Error);
    throw new UserError(`cannot refresh ${stack.name}: ${reason}`, { exitCode: 1, cause: error });
  }
}

/**
 * Returns the drift that a refresh found, from the engine's events.
 * @param nowMs an action that was to end a colour by then has done so: that its group is at 0 and the action gone is no drift
 */
export function driftIn(events: readonly EngineEvent[], nowMs = Date.now()): Drift[] {
  const resources = events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);
  // The minimum of a group with scheduled actions is theirs.
  const scheduled = resources.flatMap(({ type, old }) =>
    type === SCHEDULE ? [old?.outputs.autoscalingGroupName] : [],
  );
  const hasRun = ({ type, old }: (typeof resources)[number]) =>
    type === SCHEDULE &&
    old?.outputs.scheduledActionName === SCHEDULED_END &&
    Date.parse(String(old.outputs.startTime)) <= nowMs;
  const ended = resources.filter(hasRun).map(({ old }) => old!.outputs.autoscalingGroupName);
  return resources.flatMap((metadata): Drift[] => {
    if (!metadata.type.startsWith("aws:")) return [];
    const { type, urn, op } = metadata;
    const name = nameOf(urn);
    if (hasRun(metadata)) return [];
    if (op === "delete") return [{ what: "gone", type, name, properties: [] }];
    const changed = [...new Set([...Object.keys(metadata.detailedDiff ?? {}), ...(metadata.diffs ?? [])])];
    const isScheduled = type === GROUP && scheduled.includes(metadata.old?.outputs.name);
    const isEnded = type === GROUP && ended.includes(metadata.old?.outputs.name);
    const volatile = [
      ...(VOLATILE[type] ?? []),
      ...(isScheduled ? ["minSize"] : []),
      ...(isEnded ? ["minSize", "maxSize"] : []),
    ];
    const properties = changed.filter((path) => !volatile.includes(path.split(/[.[]/)[0]!)).sort();
    return properties.length === 0 ? [] : [{ what: "changed", type, name, properties }];
  });
}
