import type { CloudContext } from "../../../kernel/context";
import type { Permissions, Reachability } from "../../../kernel/ports";
import type { Instance } from "../../ec2/model/instance";
import { DEFAULT_CLUSTER, ecsClusterOf } from "../../ec2/model/user-data";

/** AWS seconds between two attempts to join: the agent's service is started again after it has given up. */
const RETRY_SECONDS = 15;
/** The agent's calls, without cluster-wide reads; from AmazonEC2ContainerServiceforEC2Role. */
const CLUSTER_ACTIONS = [
  "ecs:RegisterContainerInstance",
  "ecs:SubmitContainerStateChange",
  "ecs:SubmitTaskStateChange",
];
const INSTANCE_ACTIONS = ["ecs:Poll", "ecs:StartTelemetrySession"];

export interface AgentPorts {
  context: CloudContext;
  permissions: Permissions;
  reachability: Reachability;
  /** Joins the cluster. Returns the reason if ECS refuses, else undefined. */
  register(clusterName: string, instance: Instance): string | undefined;
}

/**
 * The ECS agent of one instance. It joins its cluster as soon as role, route and cluster allow it (aws-rules C10,
 * C11).
 */
export class Agent {
  readonly clusterName: string;
  /** The reason why it has not joined, in one line; undefined after it has joined and before the first attempt. */
  obstacle: string | undefined;
  readonly #ports: AgentPorts;
  readonly #instance: Instance;
  readonly #stopping = new AbortController();

  constructor(ports: AgentPorts, instance: Instance) {
    this.#ports = ports;
    this.#instance = instance;
    this.clusterName = ecsClusterOf(instance.userData);
  }

  /** Tries to join until it has joined or is stopped. */
  async run(): Promise<void> {
    const { clock, random, assumptions } = this.#ports.context;
    const joinSeconds = random.within(assumptions.join);
    // A wait of no time would only put off the first attempt.
    if (joinSeconds > 0) await clock.sleep(joinSeconds, this.#stopping.signal).catch(() => undefined);
    while (!this.#stopping.signal.aborted) {
      const obstacle = this.#findObstacle() ?? this.#ports.register(this.clusterName, this.#instance);
      if (obstacle && obstacle !== this.obstacle) {
        this.#ports.context.log(`instance ${this.#instance.instanceId} did not join an ECS cluster: ${obstacle}`);
      }
      this.obstacle = obstacle;
      if (!obstacle) return;
      await this.#ports.context.clock.sleep(RETRY_SECONDS, this.#stopping.signal).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  #findObstacle(): string | undefined {
    const { permissions, reachability } = this.#ports;
    const { instanceProfile, subnetId, securityGroupIds } = this.#instance;
    if (instanceProfile === undefined) return "it has no instance profile, so its agent has no credentials";
    const role = permissions.roleOfProfile(instanceProfile);
    if (role === undefined) return `its instance profile ${instanceProfile} has no role`;
    if (!permissions.trusts(role, "ec2.amazonaws.com")) return `role ${role} does not trust ec2.amazonaws.com`;
    const refused = this.#refusedAction(role);
    if (refused) return `role ${role} may not ${refused}`;
    const route = reachability.reachesService(subnetId, securityGroupIds, "ecs");
    return route.ok ? undefined : `no route to ECS: ${route.reason}`;
  }

  #refusedAction(role: string): string | undefined {
    const { permissions, context } = this.#ports;
    const prefix = `arn:aws:ecs:${context.region}:${context.accountId}:`;
    const cluster = `${prefix}cluster/${this.clusterName}`;
    const containerInstance = `${prefix}container-instance/${this.clusterName}/${this.#instance.instanceId}`;
    const required: [string, string][] = [
      ["ecs:DiscoverPollEndpoint", "*"],
      ...(this.clusterName === DEFAULT_CLUSTER ? [["ecs:CreateCluster", "*"] as [string, string]] : []),
      ...CLUSTER_ACTIONS.map((action): [string, string] => [action, cluster]),
      ...INSTANCE_ACTIONS.map((action): [string, string] => [action, containerInstance]),
    ];
    const refused = required.find(([action, resource]) => !permissions.allows(role, action, resource));
    return refused && `${refused[0]} on ${refused[1]}`;
  }
}
