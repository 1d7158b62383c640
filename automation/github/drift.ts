import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { inlineProjectSettings } from "../core/project";
import { selectStack } from "../stack/automation-stack";
import { causeOf } from "../stack/engine-errors";
import { UpProgress } from "../stack/up-progress";

/** One resource that is not as the last `up` left it. */
export interface Drift {
  /** `changed` by somebody, or `gone`. */
  what: "changed" | "gone";
  /** Such as `aws:lb/listenerRule:ListenerRule`. */
  type: string;
  name: string;
  /** Inputs or outputs that differ, by path. Values are not kept: they may be secret. */
  properties: string[];
}

/** Sizes of Auto Scaling groups that follow the load change all day, and so does what follows from them. */
const BY_ITSELF: Record<string, readonly string[]> = {
  "aws:autoscaling/group:Group": ["desiredCapacity", "predictedCapacity", "warmPoolSize"],
  // Reading a group tells its newest version, too.
  "aws:ec2/launchTemplate:LaunchTemplate": ["latestVersion"],
};

/**
 * Reads every resource of a stack at AWS and compares it with the state. Changes nothing and takes no lock: the state stays as it is.
 * @throws UserError if the stack does not exist, or (exit code 1) with what the engine could not read
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
      // What is live stands in the state: the program is not run.
      program: async () => ({}),
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
    throw new UserError(`${stack.name} could not be read again: ${reason}`, { exitCode: 1, cause: error });
  }
}

/** What the engine's events of a refresh say: the last word on each resource. */
export function driftIn(events: readonly EngineEvent[]): Drift[] {
  return events.flatMap(({ resOutputsEvent }): Drift[] => {
    const metadata = resOutputsEvent?.metadata;
    if (!metadata?.type.startsWith("aws:")) return [];
    const { type, urn, op } = metadata;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    if (op === "delete") return [{ what: "gone", type, name, properties: [] }];
    const changed = [...new Set([...Object.keys(metadata.detailedDiff ?? {}), ...(metadata.diffs ?? [])])];
    const properties = changed.filter((path) => !BY_ITSELF[type]?.includes(path.split(/[.[]/)[0]!)).sort();
    return properties.length === 0 ? [] : [{ what: "changed", type, name, properties }];
  });
}
