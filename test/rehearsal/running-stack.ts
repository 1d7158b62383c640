import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { execa } from "execa";
import type { DeployEvent } from "../../automation/ports/events";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { changeDocument } from "../../automation/stack/change-document";
import { WorkspaceStack } from "../../automation/stack/workspace-stack";
import type { Colour } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";

import program = require("../../index");

import { RunningCloud } from "../../rehearsal/cloud/running-cloud";
import { createStack } from "../../rehearsal/environment/create-stack";
import { DeployCommand, type DeployRun } from "../../rehearsal/environment/deploy-command";
import { STACK, writeSettings } from "../../rehearsal/environment/rehearsal-stack";
import { serviceFolder } from "../../rehearsal/images/build-image";
import { pushImage } from "../../rehearsal/images/push-image";

const SERVICE = "users";
const REGION = "ap-northeast-1";
const LOOK_MS = 50;
const ROOT = join(__dirname, "../..");

export interface StackPlace {
  /** Beginning of the loopback addresses, of this test file alone: files may run beside each other and beside a rehearsal. */
  loopback: string;
  portOffset: number;
  /** AWS seconds in one real second. Boot takes no time. */
  speed: number;
}

export interface StackSettings {
  /** Of `Pulumi.rehearsal.yaml`; default users alone. */
  services?: readonly string[];
  /** Real seconds; default none. */
  steadySeconds?: number;
}

export interface PulumiRun {
  exitCode: number;
  /** Both outputs. */
  text: string;
}

/** A cloud of its own and the stack `rehearsal` in it, for one test file; everything is in one temporary folder. */
export class RunningStack {
  private constructor(
    readonly directory: string,
    readonly settingsFile: string,
    readonly cloud: RunningCloud,
  ) {}

  /** Only the cloud; the stack is for the test to make. */
  static async startCloud(
    { loopback, portOffset, speed }: StackPlace,
    { services = [SERVICE], steadySeconds = 0 }: StackSettings = {},
  ): Promise<RunningStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-stack-"));
    try {
      const settingsFile = await writeSettings(directory, {
        cutover: "routed",
        drainSeconds: 0,
        steadySeconds,
        services,
      });
      const cloud = await RunningCloud.start({
        args: [
          ...["--loopback", loopback, "--port-offset", String(portOffset), "--speed", String(speed)],
          ...["--boot-seconds", "0", "--directory", join(directory, "cloud")],
        ],
        onLog: () => {},
      });
      return new RunningStack(directory, settingsFile, cloud);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Cloud and infrastructure, without a release. */
  static async start(place: StackPlace, settings?: StackSettings): Promise<RunningStack> {
    const stack = await RunningStack.startCloud(place, settings);
    try {
      await stack.create();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** The stack, with its infrastructure. */
  async create(): Promise<void> {
    await createStack(this.environment, this.settingsFile, new AbortController().signal);
  }

  get environment(): Record<string, string> {
    return this.cloud.ready.environment;
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** @param folder of its code; default the sample service's of that name */
  async push(tag: string, fault = "none", service = SERVICE, folder = serviceFolder(service)): Promise<void> {
    await pushImage({
      service,
      folder,
      repository: (await this.outputs()).services[service]!.repository.name,
      tag,
      environment: [`FAULT=${fault}`],
      endpoint: this.environment.AWS_ENDPOINT_URL!,
      region: REGION,
    });
  }

  /** The deploy command, as a person starts it. */
  deploy(tag: string, onEvent: (event: DeployEvent) => void = () => {}): Promise<DeployRun> {
    return this.deployAll([`${SERVICE}=${tag}`], onEvent);
  }

  /** @param releases such as `users=v2` */
  deployAll(releases: readonly string[], onEvent: (event: DeployEvent) => void = () => {}): Promise<DeployRun> {
    const args = ["--stack", STACK, "--config-file", this.settingsFile, ...releases];
    return DeployCommand.standBy(this.environment, new AbortController().signal).run(args, onEvent);
  }

  /** What a person does with `pulumi up` after a change of the settings. */
  async up(): Promise<void> {
    const stack = await WorkspaceStack.open(STACK, this.settingsFile, program, await ensurePulumiCli(), {
      environment: this.environment,
    });
    try {
      await stack.up(null, { message: "up", signal: new AbortController().signal, onProgress: () => {} });
    } finally {
      await stack.close();
    }
  }

  /** Names of all resources of the stack, in order. */
  async resources(): Promise<string[]> {
    const { text } = await this.pulumi(ROOT, ["stack", "export", "--stack", STACK]);
    const { deployment } = JSON.parse(text) as { deployment: { resources: { urn: string }[] } };
    return deployment.resources.map(({ urn }) => urn).sort();
  }

  async outputs(): Promise<StackOutputs> {
    const { text } = await this.pulumi(ROOT, ["stack", "output", "--json", "--stack", STACK]);
    return readOutputs(JSON.parse(text))!;
  }

  /** The plain CLI in a project's folder. */
  async pulumi(cwd: string, args: string[]): Promise<PulumiRun> {
    const { exitCode, all } = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: this.environment,
      stdin: "ignore",
      all: true,
      reject: false,
    });
    return { exitCode: exitCode ?? 1, text: all };
  }

  /** ARNs of the tasks that run, or are about to, on one colour. */
  async tasksOf(colour: Colour, service = SERVICE): Promise<string[]> {
    const { cluster } = (await this.outputs()).services[service]!.colours[colour];
    const ecs = new ECSClient(this.#sdk);
    try {
      return (await ecs.send(new ListTasksCommand({ cluster }))).taskArns ?? [];
    } finally {
      ecs.destroy();
    }
  }

  /** Waits until each target of one colour is in that state, such as `unhealthy`. */
  async untilTargets(colour: Colour, state: string, service = SERVICE): Promise<void> {
    const { targetGroups } = (await this.outputs()).services[service]!.colours[colour];
    const elb = new ElasticLoadBalancingV2Client(this.#sdk);
    const look = async ({ arn: TargetGroupArn }: { arn: string }) =>
      (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions!;
    try {
      for (;;) {
        const seen = (await Promise.all(targetGroups.map(look))).flat();
        if (seen.every(({ TargetHealth }) => TargetHealth?.State === state)) return;
        await setTimeout(LOOK_MS);
      }
    } finally {
      elb.destroy();
    }
  }

  get #sdk() {
    return {
      endpoint: this.environment.AWS_ENDPOINT_URL!,
      region: REGION,
      credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
    };
  }
}

/** Changes one value of a settings file: `["config", "aoshingo:domain"]`; undefined takes it out. */
export function changeSettings(file: string, path: string[], value: unknown): Promise<void> {
  return changeDocument(file, (settings) => {
    if (value === undefined) settings.deleteIn(path);
    else settings.setIn(path, settings.createNode(value));
  });
}
