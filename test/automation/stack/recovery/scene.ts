import "../../../../automation/core/silent-aws-sdk";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
} from "@aws-sdk/client-auto-scaling";
import { ECSClient, ListServicesCommand, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";
import type { UpOptions, UpResult } from "../../../../automation/ports/stack";
import { ensurePulumiCli } from "../../../../automation/pulumi-cli/ensure-pulumi-cli";
import type { OpenOptions } from "../../../../automation/stack/open-workspace";
import type { Lock } from "../../../../automation/stack/recovery/lock";
import { readLocks } from "../../../../automation/stack/recovery/lock-files";
import { forgetEngine, rememberEngine } from "../../../../automation/stack/recovery/started-engines";
import { WorkspaceStack } from "../../../../automation/stack/workspace-stack";
import { COLOURS, type Colour } from "../../../../components/core/colour-name";
import type { Live } from "../../../../components/live/live";
import type { StackOutputs } from "../../../../components/live/outputs";
import type { Release } from "../../../../components/live/release";

import program = require("../../../../index");

import { FaultsClient } from "../../../../rehearsal/cloud/faults/faults-client";
import { STACK } from "../../../../rehearsal/cloud/settings-source";
import { type Deployment, readStateFile, stateFile } from "../../../../rehearsal/environment/state-file";
import { pushImage } from "../../../../rehearsal/images/push-image";
import { changeSettings, RunningStack, type StackPlace } from "../../../rehearsal/running-stack";

const PROJECT = "aoshingo";
export const SERVICE = "users";

/** A stack with one elastic service in a cloud of its own, and both kinds of processes that may be killed. */
export class Scene {
  readonly #remembered: number[] = [];

  private constructor(
    readonly running: RunningStack,
    readonly stack: WorkspaceStack,
    private readonly ecs: ECSClient,
    private readonly autoScaling: AutoScalingClient,
  ) {}

  /** @param services of `Pulumi.rehearsal.yaml` */
  static async start(place: StackPlace, services: readonly string[] = [SERVICE]): Promise<Scene> {
    const running = await RunningStack.startCloud(place, { services });
    try {
      await changeSettings(running.settingsFile, ["config", "aoshingo:services", SERVICE, "size"], { min: 2, max: 3 });
      await running.create();
      const [ecs, autoScaling] = [new ECSClient(running.clientOptions), new AutoScalingClient(running.clientOptions)];
      return new Scene(running, await open(running), ecs, autoScaling);
    } catch (error) {
      await running.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const pid of this.#remembered) forgetEngine(pid);
    this.ecs.destroy();
    this.autoScaling.destroy();
    await this.stack.close();
    await this.running.stop();
  }

  /** @param wrapped a program around the project's own. Default: that alone */
  open(options: OpenOptions = {}, wrapped: PulumiFn = program): Promise<WorkspaceStack> {
    return open(this.running, options, wrapped);
  }

  async release(name: string, service = SERVICE): Promise<Release> {
    const { repository } = (await this.outputs()).services[service]!;
    const endpoint = this.running.environment.AWS_ENDPOINT_URL!;
    const push = { service, repository: repository.name, tag: name, environment: [], endpoint };
    return { image: `${repository.url}@${await pushImage({ ...push, region: "ap-northeast-1" })}`, name };
  }

  get faults(): FaultsClient {
    return new FaultsClient(this.running.environment.AWS_ENDPOINT_URL!);
  }

  up(live: Live | null, options: Partial<UpOptions> = {}): Promise<UpResult> {
    return this.stack.up(live, optionsOf(options));
  }

  async recover(options: Partial<UpOptions> = {}): Promise<string[]> {
    const { done, outputs } = await this.stack.recover(optionsOf(options));
    expect(outputs).to.deep.equal(await this.stack.outputs());
    return done;
  }

  async locks(): Promise<readonly Lock[]> {
    return (await readLocks(this.running.environment.PULUMI_BACKEND_URL!, PROJECT, STACK)) ?? [];
  }

  /** Writes a lock as an engine that was started here leaves it when it is killed. Returns its path. */
  async leaveLock({ pid, host = hostname(), sinceMs = Date.now() }: Partial<Lock> & { pid: number }): Promise<string> {
    const folder = join(this.#backend, "locks/organization", PROJECT, STACK);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${pid}.json`);
    const content = { pid, username: "root", hostname: host, timestamp: new Date(sinceMs).toISOString() };
    await writeFile(file, JSON.stringify(content));
    rememberEngine(pid, sinceMs);
    this.#remembered.push(pid);
    return file;
  }

  state(): Promise<Deployment> {
    return readStateFile(this.running.cloud.ready.directory);
  }

  /** The state's file and its backup, which is the state before the last write. */
  async stateFiles(): Promise<{ now: string; before: string }> {
    const [now, before] = await Promise.all(
      [this.#checkpoint, `${this.#checkpoint}.bak`].map((file) => readFile(file, "utf8")),
    );
    return { now: now!, before: before! };
  }

  /** Writes the state like an engine that was killed; `pulumi stack import` would drop pending operations. */
  async leaveState(latest: Deployment): Promise<void> {
    const checkpoint = JSON.parse(await readFile(this.#checkpoint, "utf8")) as { checkpoint: object };
    await writeFile(
      this.#checkpoint,
      JSON.stringify({ ...checkpoint, checkpoint: { ...checkpoint.checkpoint, latest } }),
    );
  }

  /** Empties the attributes like an engine that was killed between opening the file and writing it. */
  leaveTornAttributes(): Promise<void> {
    return writeFile(`${this.#checkpoint}.attrs`, "");
  }

  get #backend(): string {
    return join(new URL(this.running.environment.PULUMI_BACKEND_URL!).pathname, ".pulumi");
  }

  get #checkpoint(): string {
    return stateFile(this.running.cloud.ready.directory);
  }

  /** Kills the engine that long after it got the lock, if it still runs then. */
  async upKillingEngine(live: Live, afterMs: number): Promise<void> {
    const up = this.up(live).then(
      () => {},
      () => {},
    );
    const pid = await this.#enginePid(up);
    if (pid !== undefined) await Promise.race([pause(afterMs), up]);
    if (pid !== undefined && (await this.locks()).length > 0) process.kill(pid, "SIGKILL");
    await up;
  }

  /** Kills the script that long after its engine got the lock, if it still runs then. */
  async upKillingScript(live: Live, afterMs: number): Promise<void> {
    const script = execa(
      process.execPath,
      [...NODE_ARGUMENTS, require.resolve("./up-process"), this.running.settingsFile, JSON.stringify(live)],
      // A killed script cannot clean up its temporary folder.
      { cwd: PROJECT_DIRECTORY, env: { ...this.running.environment, TMPDIR: this.running.directory }, reject: false },
    );
    const ended = script.then(() => {});
    if ((await this.#enginePid(ended)) !== undefined) await Promise.race([pause(afterMs), ended]);
    script.kill("SIGKILL");
    await ended;
  }

  async #enginePid(ended: Promise<void>): Promise<number | undefined> {
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    for (;;) {
      const [lock] = await this.locks();
      if (lock || hasEnded) return lock?.pid;
      await pause(10);
    }
  }

  /** Expects no pending operations, no lock, and no difference between program, state and cloud. */
  async expectClean(): Promise<void> {
    expect(await this.pendingOperations()).to.deep.equal([]);
    expect(await this.locks()).to.deep.equal([]);
    const common = ["--expect-no-changes", "--stack", STACK, "--config-file", this.running.settingsFile];
    // The outputs that the program read of its own stack are always one run old.
    const unread = ["--exclude", "**:StackReference::**"];
    for (const args of [["refresh", "--preview-only", ...unread], ["preview"]]) {
      const { exitCode, text } = await this.running.pulumi(PROJECT_DIRECTORY, [...args, ...common]);
      expect(exitCode, text).to.equal(0);
    }
  }

  /** Returns the pending operations, one line each. */
  async pendingOperations(): Promise<string[]> {
    const { pending_operations = [] } = await this.state();
    return pending_operations.map(({ type, resource }) => `${type} ${resource.urn}`);
  }

  /** Returns minimum and desired size of a colour's Auto Scaling group, as AWS has them. */
  async size(colour: Colour): Promise<{ min: number; desired: number }> {
    const { autoScalingGroup } = (await this.outputs()).services[SERVICE]!.colours[colour];
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [autoScalingGroup] });
    const [group] = (await this.autoScaling.send(command)).AutoScalingGroups!;
    return { min: group!.MinSize!, desired: group!.DesiredCapacity! };
  }

  outputs(): Promise<StackOutputs> {
    return this.running.outputs();
  }

  /**
   * Counts the ECS services, active revisions and scaling policies in the cloud by colour, whether the state knows
   * them or not.
   */
  async inventory(): Promise<Record<Colour, { services: number; revisions: number; policies: number }>> {
    const { colours } = (await this.outputs()).services[SERVICE]!;
    const entries = COLOURS.map(async (colour) => {
      const { cluster, autoScalingGroup } = colours[colour];
      const [services, definitions, policies] = await Promise.all([
        this.ecs.send(new ListServicesCommand({ cluster })),
        this.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: cluster })),
        this.autoScaling.send(new DescribePoliciesCommand({ AutoScalingGroupName: autoScalingGroup })),
      ]);
      return [
        colour,
        {
          services: services.serviceArns!.length,
          revisions: definitions.taskDefinitionArns!.length,
          policies: policies.ScalingPolicies!.length,
        },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Awaited<ReturnType<Scene["inventory"]>>;
  }
}

export function optionsOf(options: Partial<UpOptions> = {}): UpOptions {
  return { message: "test", signal: new AbortController().signal, onProgress: () => {}, ...options };
}

async function open(
  running: RunningStack,
  options: OpenOptions = {},
  wrapped: PulumiFn = program,
): Promise<WorkspaceStack> {
  const { environment, settingsFile } = running;
  return WorkspaceStack.open(STACK, settingsFile, wrapped, () => ensurePulumiCli(), { environment, ...options });
}

/** The instant of a kill is what the test is about. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
