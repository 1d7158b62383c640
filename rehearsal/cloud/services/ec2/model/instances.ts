import { setMaxListeners } from "node:events";
import { bootFactor, failLaunch } from "../../../faults/machine-faults";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Permissions, Reachability } from "../../../kernel/ports";
import { Subscribers } from "../../../kernel/subscribers";
import type { Instance, InstanceState } from "./instance";
import { capacityOf } from "./instance-type";
import type { LaunchTemplates } from "./launch-template";
import { machineImage } from "./machine-image";
import { ecsClusterOf } from "./user-data";

/** From the launch until the operating system is up; a small Linux machine takes about this long. AWS seconds. */
const BOOT_SECONDS = { min: 25, max: 40 };
/** From the power button until the machine is gone, after its services have stopped. AWS seconds. */
const POWER_OFF_SECONDS = { min: 3, max: 8 };

export interface LaunchRequest {
  launchTemplateId: string;
  /** A number, `$Latest` or `$Default`. */
  version: string;
  subnetId: string;
  autoScalingGroup: string;
}

/** What a machine takes from its network. An interface keeps its subnet and groups from being deleted (aws-rules N7-N8). */
export interface InstanceNetwork extends Pick<Reachability, "subnet"> {
  attachInterface(settings: { subnetId: string; securityGroupIds: string[]; description: string }): {
    id: string;
    privateIp: string;
  };
  detachInterface(interfaceId: string): void;
}

/** A new instance profile takes some seconds to be seen everywhere (I7). */
export interface InstancePermissions extends Permissions {
  profileIsVisible(profile: string): boolean;
}

export interface InstancesOptions {
  launchTemplates: LaunchTemplates;
  network: InstanceNetwork;
  permissions: Pick<InstancePermissions, "profileIsVisible">;
  /** AWS seconds for every boot instead of a seeded 25 to 40; 0 is allowed, for benchmarks. */
  bootSeconds?: number;
}

/** EC2's machines: pending, running, shutting-down, terminated. */
export class Instances {
  readonly #context: CloudContext;
  readonly #options: InstancesOptions;
  readonly #instances = new Map<string, Instance>();
  readonly #changes = new Subscribers<Instance>();
  readonly #terminations = new Map<string, Promise<void>>();
  readonly #shutdownSteps: ((instance: Instance) => Promise<void>)[] = [];
  readonly #closing = new AbortController();

  constructor(context: CloudContext, options: InstancesOptions) {
    this.#context = context;
    this.#options = options;
    // Every machine that boots or shuts down listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Called with each change of state. Returns the unsubscribe function. */
  onState(listener: (instance: Instance) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Steps of the operating system's shutdown: the machine waits for them before it is gone. */
  onShutdown(step: (instance: Instance) => Promise<void>): void {
    this.#shutdownSteps.push(step);
  }

  get(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }

  /**
   * Starts one machine; it is `pending` until it has booted.
   *
   * @throws AwsError what EC2 says: unknown image, type, group or profile (A12)
   */
  launch(request: LaunchRequest): Instance {
    const instance = this.#build(request);
    this.#instances.set(instance.instanceId, instance);
    this.#setState(instance, "pending");
    void this.#boot(instance);
    return instance;
  }

  /** Resolves when the machine is terminated; a second call waits for the first. */
  terminate(instanceId: string): Promise<void> {
    const running = this.#terminations.get(instanceId);
    if (running) return running;
    const instance = this.#instances.get(instanceId);
    if (!instance) {
      throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
    }
    const termination = this.#shutDown(instance);
    this.#terminations.set(instanceId, termination);
    return termination;
  }

  /** Ends every wait; machines stay as they are. */
  close(): void {
    this.#closing.abort();
  }

  #build(request: LaunchRequest): Instance {
    const { launchTemplates, network, permissions } = this.#options;
    const { random } = this.#context;
    const template = launchTemplates.resolve(request.launchTemplateId, request.version);
    const { instanceType, imageId, instanceProfile } = template;
    if (!imageId) throw new AwsError("MissingParameter", "The request must contain the parameter ImageId");
    if (!instanceType) throw new AwsError("MissingParameter", "The request must contain the parameter InstanceType");
    const image = machineImage(imageId);
    const capacity = capacityOf(instanceType);
    if (!capacity) {
      throw new AwsError("InvalidParameterValue", `Invalid value '${instanceType}' for InstanceType.`);
    }
    if (image.architecture !== capacity.architecture) {
      throw new AwsError(
        "InvalidParameterValue",
        `The architecture '${capacity.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
      );
    }
    if (instanceProfile !== undefined && !permissions.profileIsVisible(instanceProfile)) {
      const name = instanceProfile.slice(instanceProfile.lastIndexOf("/") + 1);
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
      );
    }
    const subnet = network.subnet(request.subnetId);
    const { availabilityZone } = subnet;
    const cluster = ecsClusterOf(template.userData);
    failLaunch(this.#context, { ...request, instanceType, availabilityZone, cluster });
    const instanceId = `i-${random.hex(17)}`;
    const held = network.attachInterface({
      subnetId: subnet.id,
      securityGroupIds: template.securityGroupIds,
      description: instanceId,
    });
    return {
      instanceId,
      state: "pending",
      autoScalingGroup: request.autoScalingGroup,
      instanceType,
      capacity,
      imageId: image.id,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      availabilityZone,
      securityGroupIds: template.securityGroupIds,
      networkInterfaceId: held.id,
      privateAddress: held.privateIp,
      instanceProfile,
      userData: template.userData,
      launchTemplate: {
        id: request.launchTemplateId,
        name: launchTemplates.get(request.launchTemplateId).name,
        version: template.version,
      },
      launchedAtMs: Date.now(),
    };
  }

  async #boot(instance: Instance): Promise<void> {
    const { clock, random } = this.#context;
    const factor = bootFactor(this.#context, instance.instanceId, ecsClusterOf(instance.userData));
    // A machine that boots slowly does so also where boots take no time.
    const fixedSeconds = factor === undefined ? this.#options.bootSeconds : undefined;
    const seconds = fixedSeconds ?? random.between(BOOT_SECONDS.min, BOOT_SECONDS.max) * (factor ?? 1);
    if (await this.#elapsed(clock.sleep(seconds, this.#closing.signal))) {
      if (instance.state === "pending") this.#setState(instance, "running");
    }
  }

  async #shutDown(instance: Instance): Promise<void> {
    const { clock, random } = this.#context;
    this.#setState(instance, "shutting-down");
    await Promise.all(this.#shutdownSteps.map((step) => step(instance)));
    const seconds = random.between(POWER_OFF_SECONDS.min, POWER_OFF_SECONDS.max);
    if (!(await this.#elapsed(clock.sleep(seconds, this.#closing.signal)))) return;
    this.#options.network.detachInterface(instance.networkInterfaceId);
    this.#setState(instance, "terminated");
  }

  /** False if the cloud closed first. */
  async #elapsed(sleep: Promise<void>): Promise<boolean> {
    return sleep.then(
      () => true,
      () => false,
    );
  }

  #setState(instance: Instance, state: InstanceState): void {
    instance.state = state;
    const { instanceId, autoScalingGroup } = instance;
    this.#context.emit({ kind: "instance", atMs: Date.now(), autoScalingGroup, instanceId, state });
    this.#changes.notify(instance);
  }
}
