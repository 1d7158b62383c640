import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { projectSettings } from "../core/project";
import type { AutomationStackOptions } from "./automation-stack";
import { exportState } from "./export-state";
import { InPlaceUps } from "./in-place-ups";
import { LeaseGuard } from "./operation";
import { AwsOrphans } from "./recovery/aws-orphans";
import { backendUrlOf } from "./recovery/backend-url";
import { readLocks } from "./recovery/lock-files";
import type { Recoverable } from "./recovery/recover";
import { removeTornAttributes } from "./recovery/torn-attributes";
import { outputsInBackend } from "./state-in-backend";
import { stateStamp } from "./state-stamp";

export interface OpenOptions {
  /** Creates the stack instead of expecting it. */
  create?: boolean;
  /** Variables on top of this process's own, for the CLI alone. */
  environment?: Record<string, string>;
  /**
   * Awaited before each run of the program and before `recover` changes anything. What it throws stops the operation,
   * which rejects with it: a process that has lost its lease changes nothing.
   */
  beforeProgram?: () => Promise<void>;
  /**
   * From so many services with a new release on, an `up` that would write the state after each of their changes is preceded
   * by one without a change, after which it may write the state once. Default 10.
   */
  settlesFrom?: number;
}

/**
 * An `up` without a change costs about 7 ms of CPU for each resource, and each write of the state 0.06 ms. A service has 40
 * resources and is written 7 times, so with 16 services both are equal; in a bucket each write waits for S3 as well
 * (docs/benchmarks.md).
 */
const SETTLES_FROM = 10;

/** What a stack's operations work with. */
export interface Workspace {
  directory: string;
  /** Called once at most. */
  openStack(): Promise<Stack>;
  pulumi(): Promise<PulumiCommand>;
  environment: Record<string, string>;
  guard: LeaseGuard;
  inPlaceUps: InPlaceUps;
  settlesFrom: number;
  recoverable: Pick<Recoverable, "orphans" | "readLocks" | "exportState">;
  makeReadable(): Promise<unknown>;
  /** Undefined where only the CLI can say it. */
  outputsInState(): Promise<Record<string, unknown> | undefined>;
}

/** Makes a temporary workspace with a copy of the stack's settings file. The Automation API opens the stack when it is first needed. */
export async function openWorkspace(
  name: string,
  settingsFile: string,
  program: PulumiFn,
  pulumi: () => Promise<PulumiCommand>,
  { create = false, environment = {}, beforeProgram = async () => {}, settlesFrom = SETTLES_FROM }: OpenOptions,
): Promise<Workspace> {
  const directory = await mkdtemp(join(tmpdir(), "aoshingo-"));
  try {
    await copyFile(settingsFile, join(directory, `Pulumi.${name}.yaml`));
    const { region, secretsProvider } = await readStackSettings(settingsFile);
    const guard = new LeaseGuard(beforeProgram);
    const project = projectSettings();
    const backendUrl = backendUrlOf(project, { ...process.env, ...environment });
    const inPlaceUps = new InPlaceUps(() => stateStamp(backendUrl, project.name, name));
    const watched = inPlaceUps.watch(program);
    const guarded = async () => {
      await guard.pass();
      return watched();
    };
    return {
      directory,
      openStack: async () => {
        const options = { name, directory, program: guarded, environment, create, secretsProvider };
        return openLater({ ...options, pulumi: await pulumi() });
      },
      pulumi,
      environment,
      guard,
      inPlaceUps,
      settlesFrom,
      recoverable: {
        orphans: new AwsOrphans(region, environment),
        readLocks: () => readLocks(backendUrl, project.name, name),
        exportState: () => exportState({ backendUrl, project: project.name, stack: name }, pulumi, environment),
      },
      makeReadable: () => removeTornAttributes(backendUrl, project.name, name),
      outputsInState: () => outputsInBackend(backendUrl, project.name, name),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Loading the Automation API takes a quarter of a second, and a rollback needs it only after it has routed production
 * back.
 */
function openLater(options: AutomationStackOptions): Promise<Stack> {
  const { openAutomationStack } = require("./automation-stack") as typeof import("./automation-stack");
  return openAutomationStack(options);
}

async function readStackSettings(file: string): Promise<{ region: string; secretsProvider: string | undefined }> {
  const { config, secretsprovider } = parse(await readFile(file, "utf8")) as {
    config: { "aws:region": string };
    secretsprovider?: string;
  };
  return { region: config["aws:region"], secretsProvider: secretsprovider };
}
