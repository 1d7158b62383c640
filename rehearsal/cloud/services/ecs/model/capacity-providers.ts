import { lastPart } from "../../../../../components/core/arn";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { AutoScaling } from "../../autoscaling/model/auto-scaling";
import { ecsArn } from "./arns";
import { type CapacityProvider, type CapacityProviderSettings, checkName, checkProtection } from "./capacity-provider";
import type { Cluster } from "./cluster";
import type { ManagedDraining } from "./managed-draining";

/** ECS adds this tag to a group when it is linked (aws-rules C29). */
const MANAGED_TAG = { key: "AmazonECSManaged", value: "", propagateAtLaunch: true };

interface Parts {
  context: CloudContext;
  autoScaling: Pick<AutoScaling, "groups">;
  draining: ManagedDraining;
  clusters(): Cluster[];
}

/** The account's capacity providers and their links to clusters. */
export class CapacityProviders {
  readonly #parts: Parts;
  readonly #providers = new Map<string, CapacityProvider>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws AwsError `ClientException`: invalid name, no such group, name or group already used (C25, C26) */
  create(name: string, autoScalingGroupArn: string, settings: CapacityProviderSettings): CapacityProvider {
    checkName(name);
    if (this.#providers.has(name)) {
      throw new AwsError(
        "ClientException",
        "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.",
      );
    }
    const group = this.#parts.autoScaling.groups.find(({ arn }) => arn === autoScalingGroupArn);
    if (!group) {
      throw new AwsError(
        "ClientException",
        `The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group ARN and try again. (${autoScalingGroupArn})`,
      );
    }
    if ([...this.#providers.values()].some((other) => other.group === group)) {
      throw new AwsError(
        "ClientException",
        "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.",
      );
    }
    checkProtection(group, settings);
    const arn = ecsArn(this.#parts.context, `capacity-provider/${name}`);
    const provider: CapacityProvider = { ...settings, arn, name, group };
    this.#warnOfProtection(provider);
    this.#providers.set(name, provider);
    return provider;
  }

  /** @throws AwsError `ClientException` (C26) */
  update(nameOrArn: string, settings: CapacityProviderSettings): CapacityProvider {
    const provider = this.get(nameOrArn);
    checkProtection(provider.group, settings);
    Object.assign(provider, settings);
    this.#warnOfProtection(provider);
    if (this.#clustersOf(provider).length > 0) this.#parts.draining.follow(provider);
    return provider;
  }

  find(nameOrArn: string): CapacityProvider | undefined {
    return this.#providers.get(lastPart(nameOrArn));
  }

  /** @throws AwsError `ClientException` */
  get(nameOrArn: string): CapacityProvider {
    const provider = this.find(nameOrArn);
    if (provider) return provider;
    throw new AwsError("ClientException", `The specified capacity provider does not exist: ${lastPart(nameOrArn)}`);
  }

  /**
   * On AWS the call succeeds, the message is the `updateStatusReason`, and the Pulumi provider waits until its limit.
   * @throws AwsError `ResourceInUseException` while a cluster is linked to it
   */
  delete(nameOrArn: string): void {
    const provider = this.get(nameOrArn);
    const [cluster] = this.#clustersOf(provider);
    if (cluster) {
      throw new AwsError(
        "ResourceInUseException",
        `The specified capacity provider is in use and cannot be removed: it is associated with cluster ${cluster.name}. Remove the capacity provider from the cluster and try again.`,
      );
    }
    this.#providers.delete(provider.name);
  }

  /**
   * Links exactly these providers to the cluster (C25, C30). Tasks with a launch type do not use a provider, so a link
   * can be removed while they run; then their instances are not drained any more (C28).
   */
  putForCluster(cluster: Cluster, names: string[]): void {
    const requested = names.map((name) => this.get(name));
    const added = requested.filter((provider) => !cluster.capacityProviders.includes(provider));
    cluster.capacityProviders = [...new Set(requested)];
    for (const provider of added) this.#link(provider);
  }

  /** Returns the linked provider of the instance's Auto Scaling group, if there is one. */
  ofInstance(cluster: Cluster, instanceId: string): CapacityProvider | undefined {
    return cluster.capacityProviders.find(({ group }) =>
      group.members.some(({ instance }) => instance.instanceId === instanceId),
    );
  }

  #link(provider: CapacityProvider): void {
    const { group } = provider;
    if (!group.settings.tags.some(({ key }) => key === MANAGED_TAG.key)) {
      group.settings = { ...group.settings, tags: [...group.settings.tags, MANAGED_TAG] };
    }
    if (group.members.length > 0) {
      this.#parts.context.log(
        `capacity provider ${provider.name}: Auto Scaling group ${group.name} has ${group.members.length} instance(s) already; those in the cluster now are not registered with it, so they will not be drained`,
      );
    }
    this.#parts.draining.follow(provider);
  }

  #clustersOf(provider: CapacityProvider): Cluster[] {
    return this.#parts.clusters().filter(({ capacityProviders }) => capacityProviders.includes(provider));
  }

  #warnOfProtection({ name, managedTerminationProtection }: CapacityProvider): void {
    if (!managedTerminationProtection) return;
    this.#parts.context.log(
      `capacity provider ${name}: managed termination protection does nothing without managed scaling`,
    );
  }
}
