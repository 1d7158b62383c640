import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { DeployEvent } from "../../automation/ports/events";
import { changeDocument } from "../../automation/stack/change-document";
import { type Colour, other } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import type { RunningCloud } from "../../rehearsal/cloud/running-cloud";
import { clientOptions } from "../../rehearsal/environment/cloud-client";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { RehearsalEnvironment } from "../../rehearsal/environment/environment";
import type { CommandEnd } from "../../rehearsal/environment/killable-command";
import { type RunByHand, runJob } from "../../rehearsal/environment/run-job";
import { rawOutputs, readStateFile } from "../../rehearsal/environment/state-file";
import { serviceFolder } from "../../rehearsal/images/build-image";

const SERVICE = "users";
const POLL_INTERVAL_MS = 50;

const CHECK_SECONDS = 30;

type ServiceBlocks = Record<string, { kind: string }>;

export interface StackPlace {
  /**
   * Beginning of the loopback addresses. No other test file has the same: files may run beside each other and beside a
   * rehearsal.
   */
  loopback: string;
  portOffset: number;
  /** AWS seconds in one real second. Boot takes no time. */
  speed: number;
  /** Domains beside the stack's own whose hosted zones exist. Default: none. */
  furtherDomains?: readonly string[];
  /** Path of an observed.json of `first-contact`, which the cloud plays. */
  observed?: string;
}

export interface StackSettings {
  /** Services of `Pulumi.rehearsal.yaml`; default users alone. */
  services?: readonly string[];
  /** Real seconds; default none. */
  steadySeconds?: number;
  /** Whether services have their databases. Default: they keep all in memory. */
  hasDatabases?: boolean;
  /** The setting `aoshingo:network`; an existing VPC that it names is in the cloud. */
  network?: object;
  /** The setting `aoshingo:databases`; the server of an existing one is in the cloud. */
  databases?: object;
}

export interface Production {
  active: Colour;
  idle: Colour;
  /** The name of the active colour's release. */
  release: string;
}

export interface PulumiRun {
  exitCode: number;
  /** Both outputs. */
  text: string;
}

/**
 * A rehearsal environment for one test file: a cloud of its own, the stack `rehearsal` in it, and everything in one
 * temporary folder.
 */
export class RunningStack {
  readonly #rehearsal: RehearsalEnvironment;

  private constructor(
    rehearsal: RehearsalEnvironment,
    /** What the cloud has said, as `make rehearse` prints it. */
    readonly cloudLog: readonly string[],
  ) {
    this.#rehearsal = rehearsal;
  }

  /** Starts only the cloud; the test creates the stack. */
  static async startCloud(
    { observed, ...place }: StackPlace,
    { services = [SERVICE], steadySeconds = 0, ...more }: StackSettings = {},
  ): Promise<RunningStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-stack-"));
    const cloudLog: string[] = [];
    try {
      const rehearsal = await RehearsalEnvironment.start({
        directory,
        cloud: { ...place, seed: 1, bootSeconds: 0, ...(observed === undefined ? {} : { observed }) },
        settings: { cutover: "routed", drainSeconds: 0, steadySeconds, services, hasDatabases: false, ...more },
        onLog: (line) => void cloudLog.push(line),
      });
      const stack = new RunningStack(rehearsal, cloudLog);
      await stack.#checkRarely();
      return stack;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Health checks at the default interval, at hundreds of AWS seconds in a real one, would take more of the processor
   * than all requests.
   */
  #checkRarely(): Promise<void> {
    return this.#rehearsal.changeSettings((document) => {
      const services = ["config", "aoshingo:services"];
      for (const [name, { kind }] of Object.entries(document.toJS().config["aoshingo:services"] as ServiceBlocks))
        if (kind === "api") document.setIn([...services, name, "healthCheck", "intervalSeconds"], CHECK_SECONDS);
    });
  }

  /** Starts the cloud and creates the stack, without a release. */
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

  /** Creates the stack with its infrastructure. */
  async create(): Promise<void> {
    await this.#rehearsal.createStack();
  }

  get directory(): string {
    return this.#rehearsal.directory;
  }

  get settingsFile(): string {
    return this.#rehearsal.settingsFile;
  }

  get cloud(): RunningCloud {
    return this.#rehearsal.cloud;
  }

  /** Environment variables that lead a process to the cloud. */
  get environment(): Record<string, string> {
    return this.#rehearsal.variables;
  }

  async stop(): Promise<void> {
    await this.#rehearsal.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Builds and pushes a release. @param folder of the code; default the sample service's of that name */
  async push(tag: string, fault = "none", service = SERVICE, folder = serviceFolder(service)): Promise<void> {
    const repository = (await this.outputs()).services[service]!.repository.name;
    await this.#rehearsal.push({ service, folder, repository, tag, variables: [`FAULT=${fault}`] });
  }

  /** Runs the deploy command, as a person starts it. */
  deploy(tag: string, onEvent: (event: DeployEvent) => void = () => {}): Promise<DeployRun> {
    return this.deployAll([`${SERVICE}=${tag}`], onEvent);
  }

  /** @param releases such as `users=v2` */
  deployAll(releases: readonly string[], onEvent: (event: DeployEvent) => void = () => {}): Promise<DeployRun> {
    return this.#rehearsal.deploy(releases, onEvent);
  }

  /** Runs a command of `automation/cli.ts` with `--json`, in the role that CI has for it. */
  run(command: string, args: readonly string[] = []): Promise<CommandEnd> {
    return this.#rehearsal.run(command, args);
  }

  /** Brings the stack up to settings that have changed, as a person does with `pulumi up`. */
  async up(): Promise<void> {
    await this.#rehearsal.up();
  }

  /** The URNs of all resources of the stack, sorted. */
  async resources(): Promise<string[]> {
    const { resources = [] } = await readStateFile(this.cloud.ready.directory);
    return resources.map(({ urn }) => urn).sort();
  }

  async outputs(): Promise<StackOutputs> {
    return readOutputs(await rawOutputs(this.cloud.ready.directory))!;
  }

  /** Where production of a service is, and with what; null if it has no release. */
  async production(service = SERVICE): Promise<Production | null> {
    const { active, colours } = (await this.outputs()).live.services[service]!;
    const { release } = colours[active];
    return release && { active, idle: other(active), release: release.name };
  }

  /** Runs the plain CLI in a project's folder. */
  async pulumi(cwd: string, args: string[]): Promise<PulumiRun> {
    const { exitCode, all } = await this.#rehearsal.pulumi(args, cwd);
    return { exitCode: exitCode ?? 1, text: all };
  }

  /** ARNs of the tasks that run or start on one colour. */
  async tasksOf(colour: Colour, service = SERVICE): Promise<string[]> {
    const { cluster } = (await this.outputs()).services[service]!.colours[colour];
    const ecs = new ECSClient(this.clientOptions);
    try {
      return (await ecs.send(new ListTasksCommand({ cluster }))).taskArns ?? [];
    } finally {
      ecs.destroy();
    }
  }

  /** What the Auto Scaling group of one colour has now: its minimum, and the instances that it wants. */
  async group(colour: Colour, service = SERVICE): Promise<{ min: number; desired: number }> {
    const { autoScalingGroup } = (await this.outputs()).services[service]!.colours[colour];
    const autoScaling = new AutoScalingClient(this.clientOptions);
    try {
      const { AutoScalingGroups } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [autoScalingGroup] }),
      );
      const { MinSize, DesiredCapacity } = AutoScalingGroups![0]!;
      return { min: MinSize!, desired: DesiredCapacity! };
    } finally {
      autoScaling.destroy();
    }
  }

  /** Waits until each target of one colour is in that state, such as `unhealthy`. */
  async untilTargets(colour: Colour, state: string, service = SERVICE): Promise<void> {
    const { targetGroups } = (await this.outputs()).services[service]!.colours[colour];
    const elb = new ElasticLoadBalancingV2Client(this.clientOptions);
    const describe = async ({ arn: TargetGroupArn }: { arn: string }) =>
      (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions!;
    try {
      for (;;) {
        const seen = (await Promise.all(targetGroups.map(describe))).flat();
        if (seen.every(({ TargetHealth }) => TargetHealth?.State === state)) return;
        await delay(POLL_INTERVAL_MS);
      }
    } finally {
      elb.destroy();
    }
  }

  /** Runs a job's active release once, as a rehearsal does. */
  runJob(service: string, release: string, limitMs?: number): Promise<RunByHand> {
    return runJob(this.#rehearsal, service, release, limitMs);
  }

  /** For clients of the AWS SDK, as the account's administrator. */
  get clientOptions() {
    return clientOptions(this.environment);
  }
}

/** Changes one value of a settings file, such as `["config", "aoshingo:domain"]`; undefined removes it. */
export function changeSettings(file: string, path: string[], value: unknown): Promise<void> {
  return changeDocument(file, (settings) => {
    if (value === undefined) settings.deleteIn(path);
    else settings.setIn(path, settings.createNode(value));
  });
}
