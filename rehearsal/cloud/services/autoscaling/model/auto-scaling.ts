import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../../kernel/aws-error";
import { arnSuffix } from "../../elb/model/arns";
import { Group, type GroupPorts } from "./group";
import { checkSettings, type GroupSettings } from "./group-settings";
import { isTerminating } from "./member";
import { ScalingPolicies } from "./scaling-policies";
import { ScheduledActions } from "./scheduled-actions";
import { dimensionsOf } from "./tracked-metric";

export interface AutoScalingPorts extends GroupPorts {
  /** Called when a group is created: Auto Scaling then creates its service-linked role if it is missing (I17). */
  onFirstUse?: () => void;
  /** Returns the ids of the processes of an instance's tasks, whose CPU time counts as the instance's. */
  processIds(instanceId: string): number[];
  /** Returns the ARN of the load balancer that uses a target group. */
  loadBalancerOf(targetGroupArn: string): string | undefined;
  /** Returns the requests of a target group in the newest minute that CloudWatch has. */
  requestCount(dimensions: ReturnType<typeof dimensionsOf>): number;
}

/** The Auto Scaling groups of the account and their scaling policies. */
export class AutoScaling {
  readonly policies: ScalingPolicies;
  readonly scheduledActions: ScheduledActions;
  readonly #ports: AutoScalingPorts;
  readonly #groups = new Map<string, Group>();

  constructor(ports: AutoScalingPorts) {
    this.#ports = ports;
    this.policies = new ScalingPolicies({
      context: ports.context,
      group: (name) => this.get(name),
      groups: () => this.groups,
      processIds: (instanceId) => ports.processIds(instanceId),
      targets: (group, resourceLabel) => this.#targets(group, resourceLabel),
      requestCount: (resourceLabel) => ports.requestCount(dimensionsOf(resourceLabel)),
    });
    this.scheduledActions = new ScheduledActions({ context: ports.context, group: (name) => this.get(name) });
  }

  get groups(): Group[] {
    return [...this.#groups.values()];
  }

  /** @throws AwsError `AlreadyExists` (A2), `LimitExceeded` (A3), `ValidationError` */
  create(name: string, settings: GroupSettings): Group {
    if (this.#groups.has(name)) {
      throw new AwsError(
        "AlreadyExists",
        "AutoScalingGroup by this name already exists - A group with the name already exists",
      );
    }
    checkSettings(settings);
    this.#checkTemplate(settings);
    this.#checkTargetGroups(settings.targetGroupArns);
    this.#ports.onFirstUse?.();
    const group = new Group(this.#ports, name, settings);
    this.#groups.set(name, group);
    return group;
  }

  find(name: string): Group | undefined {
    return this.#groups.get(name);
  }

  /** @throws AwsError `ValidationError` */
  get(name: string): Group {
    const group = this.#groups.get(name);
    if (group) return group;
    throw new AwsError("ValidationError", `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  }

  /** Changes all settings except the target groups. */
  update(name: string, settings: GroupSettings): void {
    const group = this.get(name);
    checkSettings(settings);
    if (!isDeepStrictEqual(settings.launchTemplate, group.settings.launchTemplate)) this.#checkTemplate(settings);
    group.update(settings);
  }

  attach(name: string, targetGroupArn: string): void {
    const group = this.get(name);
    this.#checkTargetGroups([targetGroupArn]);
    group.attach(targetGroupArn);
  }

  async detach(name: string, targetGroupArn: string): Promise<void> {
    await this.get(name).detach(targetGroupArn);
  }

  /** @throws AwsError `ResourceInUse`, `ScalingActivityInProgress`, both only without `force` (A19) */
  delete(name: string, force: boolean): void {
    const group = this.get(name);
    if (!force && group.members.some((member) => !isTerminating(member))) {
      throw new AwsError(
        "ResourceInUse",
        "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.",
      );
    }
    if (!force && group.members.length > 0) {
      throw new AwsError(
        "ScalingActivityInProgress",
        "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.",
      );
    }
    this.#groups.delete(name);
    this.policies.deleteOfGroup(name);
    this.scheduledActions.deleteOfGroup(name);
    group.close();
    for (const { instance } of group.members) {
      void group.attachments.deregister(instance.instanceId);
      void this.#ports.instances.terminate(instance.instanceId);
    }
  }

  close(): void {
    this.policies.close();
    this.scheduledActions.close();
    for (const group of this.#groups.values()) group.close();
  }

  #targets(group: Group, resourceLabel: string) {
    const { loadBalancerOf, targets } = this.#ports;
    const attached = group.attachments.active.find((arn) => {
      const loadBalancerArn = loadBalancerOf(arn);
      return loadBalancerArn !== undefined && `${arnSuffix(loadBalancerArn)}/${arnSuffix(arn)}` === resourceLabel;
    });
    return attached === undefined ? undefined : targets.health(attached);
  }

  /** Auto Scaling tries a launch before it takes a template, whatever the size of the group (V8). */
  #checkTemplate({ launchTemplate }: GroupSettings): void {
    try {
      this.#ports.instances.checkTemplate(launchTemplate.id, launchTemplate.version);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError("ValidationError", `You must use a valid fully-formed launch template. ${error.message}`);
    }
  }

  #checkTargetGroups(arns: string[]): void {
    for (const arn of arns) {
      const targetGroup = this.#ports.targets.targetGroup(arn);
      if (!targetGroup) {
        throw new AwsError(
          "ValidationError",
          `Provided Target Groups may not be valid. Please ensure they exist and try again. (${arn})`,
        );
      }
      if (targetGroup.targetType !== "instance") {
        throw new AwsError(
          "ValidationError",
          "Provided Target Groups must have an instance target type. Please ensure they are valid and try again.",
        );
      }
    }
  }
}
