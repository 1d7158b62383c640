import { setMaxListeners } from "node:events";
import { bootFactor, failLaunch } from "../../../faults/machine-faults";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Permissions, Reachability } from "../../../kernel/ports";
import { Subscribers } from "../../../kernel/subscribers";
import { refuseBeyondFreePlan } from "./free-plan";
import type { Instance, InstanceState } from "./instance";
import { capacityOf } from "./instance-type";
import type { LaunchTemplateData, LaunchTemplates } from "./launch-templates";
import { machineImage, ROOT_DEVICE, ROOT_SNAPSHOT_GIB } from "./machine-image";
import { ecsClusterOf } from "./user-data";

const UNITS_PER_VCPU = 1024;

/** How an instance ends: its operating system shuts down, or its hardware fails. */
export type InstanceEnd = "shutdown" | "loss";

export interface LaunchRequest {
  launchTemplateId: string;
  /** A number, `$Latest` or `$Default`. */
  version: string;
  subnetId: string;
  autoScalingGroup: string;
}

/**
 * The part of the network that instances need. A network interface prevents the deletion of its subnet and its security
 * groups (aws-rules N7-N8).
 */
export interface InstanceNetwork extends Pick<Reachability, "subnet"> {
  attachInterface(settings: { subnetId: string; securityGroupIds: string[]; description: string }): {
    id: string;
    privateIp: string;
  };
  detachInterface(interfaceId: string): void;
}

/** Adds instance profiles, which EC2 sees only some seconds after their creation (I7). */
export interface InstancePermissions extends Permissions {
  profileIsVisible(profile: string): boolean;
}

export interface InstancesOptions {
  launchTemplates: LaunchTemplates;
  network: InstanceNetwork;
  permissions: Pick<InstancePermissions, "profileIsVisible">;
  /** Quota of vCPUs of standard instances, all together (A26). Default: none. */
  vcpuLimit?: () => number;
  /** The account is on AWS's Free plan (A34). Default: it is not. */
  freePlan?: boolean;
  /** AWS seconds that every boot takes. The default is a random number of the range that is assumed. Benchmarks use 0. */
  bootSeconds?: number;
}

/** EC2 instances, with the states pending, running, shutting-down and terminated. */
export class Instances {
  readonly #context: CloudContext;
  readonly #options: InstancesOptions;
  readonly #instances = new Map<string, Instance>();
  readonly #changes = new Subscribers<Instance>();
  readonly #terminations = new Map<string, Promise<void>>();
  readonly #endSteps: ((instance: Instance, end: InstanceEnd) => Promise<void>)[] = [];
  readonly #closing = new AbortController();

  constructor(context: CloudContext, options: InstancesOptions) {
    this.#context = context;
    this.#options = options;
    // Every instance that boots or shuts down adds a listener.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Calls the listener after each change of state. Returns the unsubscribe function. */
  onState(listener: (instance: Instance) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Adds a step to the end of an instance. The instance terminates only after every step has ended. */
  onEnd(step: (instance: Instance, end: InstanceEnd) => Promise<void>): void {
    this.#endSteps.push(step);
  }

  get running(): Instance[] {
    return [...this.#instances.values()].filter(({ state }) => state === "running");
  }

  get(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }

  /**
   * Launches one instance, which is `pending` until it has booted.
   *
   * @throws AwsError as EC2 for an unknown image, instance type, security group or instance profile (A12)
   */
  launch(request: LaunchRequest): Instance {
    const instance = this.#build(request);
    this.#instances.set(instance.instanceId, instance);
    this.#setState(instance, "pending");
    void this.#boot(instance);
    return instance;
  }

  /**
   * Checks what a launch asks of a template alone, as Auto Scaling does before it takes a template.
   *
   * @throws AwsError as EC2 for a template, version, image or instance type that does not exist
   */
  checkTemplate(launchTemplateId: string, version: string): void {
    this.#resolve({ launchTemplateId, version });
  }

  /**
   * Resolves when the instance is terminated. A second call waits for the same termination.
   * @param end how it ends; default: the operating system shuts down
   */
  terminate(instanceId: string, end: InstanceEnd = "shutdown"): Promise<void> {
    const running = this.#terminations.get(instanceId);
    if (running) return running;
    const instance = this.#instances.get(instanceId);
    if (!instance) {
      throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
    }
    const termination = this.#end(instance, end);
    this.#terminations.set(instanceId, termination);
    return termination;
  }

  /** Ends every wait. The instances keep their states. */
  close(): void {
    this.#closing.abort();
  }

  #resolve({ launchTemplateId, version }: Pick<LaunchRequest, "launchTemplateId" | "version">) {
    const template = this.#options.launchTemplates.resolve(launchTemplateId, version);
    const { instanceType, imageId } = template;
    if (!imageId) throw new AwsError("MissingParameter", "The request must contain the parameter ImageId");
    if (!instanceType) throw new AwsError("MissingParameter", "The request must contain the parameter InstanceType");
    const image = machineImage(imageId);
    const capacity = capacityOf(instanceType);
    if (image.architecture !== capacity.architecture) {
      throw new AwsError(
        "InvalidParameterValue",
        `The architecture '${capacity.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
      );
    }
    return { template, instanceType, image, capacity };
  }

  #build(request: LaunchRequest): Instance {
    const { launchTemplates, network, permissions } = this.#options;
    const { random } = this.#context;
    const { template, instanceType, image, capacity } = this.#resolve(request);
    const { instanceProfile } = template;
    if (instanceProfile !== undefined && !permissions.profileIsVisible(instanceProfile)) {
      const name = instanceProfile.slice(instanceProfile.lastIndexOf("/") + 1);
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
      );
    }
    if (this.#options.freePlan) refuseBeyondFreePlan(instanceType);
    this.#checkVcpus(capacity.cpuUnits);
    const subnet = network.subnet(request.subnetId);
    const { availabilityZone } = subnet;
    const cluster = ecsClusterOf(template.userData);
    checkRootVolume(template.volumes ?? []);
    failLaunch(this.#context, { ...request, instanceType, availabilityZone, cluster });
    const instanceId = `i-${random.hex(17)}`;
    const attached = network.attachInterface({
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
      networkInterfaceId: attached.id,
      privateAddress: attached.privateIp,
      instanceProfile,
      userData: template.userData,
      hasDetailedMonitoring: template.hasDetailedMonitoring ?? false,
      launchTemplate: {
        id: request.launchTemplateId,
        name: launchTemplates.get(request.launchTemplateId).name,
        version: template.version,
      },
      launchedAtMs: Date.now(),
    };
  }

  /** @throws AwsError `VcpuLimitExceeded` (A26). All known instance types are standard ones, which share one quota. */
  #checkVcpus(cpuUnits: number): void {
    const limit = this.#options.vcpuLimit?.() ?? Number.POSITIVE_INFINITY;
    const running = [...this.#instances.values()].filter(({ state }) => state === "pending" || state === "running");
    const units = running.reduce((sum, { capacity }) => sum + capacity.cpuUnits, cpuUnits);
    if (units / UNITS_PER_VCPU <= limit) return;
    throw new AwsError(
      "VcpuLimitExceeded",
      `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  }

  async #boot(instance: Instance): Promise<void> {
    const { clock, random, assumptions } = this.#context;
    const factor = bootFactor(this.#context, instance.instanceId, ecsClusterOf(instance.userData));
    // The fault `slowBoot` also applies where `bootSeconds` fixes the duration.
    const fixedSeconds = factor === undefined ? this.#options.bootSeconds : undefined;
    const seconds = fixedSeconds ?? random.within(assumptions.boot) * (factor ?? 1);
    if (await this.#elapsed(clock.sleep(seconds, this.#closing.signal))) {
      if (instance.state === "pending") this.#setState(instance, "running");
    }
  }

  async #end(instance: Instance, end: InstanceEnd): Promise<void> {
    const { clock, random, assumptions } = this.#context;
    this.#setState(instance, "shutting-down");
    await Promise.all(this.#endSteps.map((step) => step(instance, end)));
    const seconds = random.within(assumptions.powerOff);
    if (!(await this.#elapsed(clock.sleep(seconds, this.#closing.signal)))) return;
    this.#options.network.detachInterface(instance.networkInterfaceId);
    this.#setState(instance, "terminated");
  }

  /** Resolves with false if the cloud closed first. */
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

/** The volume is made from the image's snapshot (V10). */
function checkRootVolume(volumes: NonNullable<LaunchTemplateData["volumes"]>): void {
  const root = volumes.find(({ deviceName }) => deviceName === ROOT_DEVICE);
  if (!root || root.sizeGiB >= ROOT_SNAPSHOT_GIB) return;
  throw new AwsError(
    "InvalidBlockDeviceMapping",
    `Volume of size ${root.sizeGiB}GB is smaller than snapshot of the image, expect size >= ${ROOT_SNAPSHOT_GIB}GB`,
  );
}
