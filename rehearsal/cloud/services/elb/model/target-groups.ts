import type { ProtocolVersion } from "../../../data-plane/load-balancer/types";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { ElbArns } from "./arns";
import { loadBalancersByTargetGroup } from "./associations";
import { checkName } from "./resource-names";
import type { ElbState, TargetGroupSettings, TargetGroupState } from "./state";
import { checkTargetGroupSettings } from "./target-group-settings";

export interface TargetGroupInput {
  name: string;
  port: number;
  vpcId: string;
  /** Default: HTTP1. */
  protocolVersion?: ProtocolVersion;
  settings: TargetGroupSettings;
  /** Default: none. */
  tags?: Record<string, string>;
}

/** ELB's operations on target groups. `Targets` has the operations on their targets. */
export class TargetGroups {
  readonly #context: Pick<CloudContext, "emit">;
  readonly #state: ElbState;
  readonly #arns: ElbArns;
  readonly #send: (loadBalancerArn: string) => void;

  /** @param send sends a load balancer's configuration to its data plane */
  constructor(
    context: Pick<CloudContext, "emit">,
    state: ElbState,
    arns: ElbArns,
    send: (loadBalancerArn: string) => void,
  ) {
    this.#context = context;
    this.#state = state;
    this.#arns = arns;
    this.#send = send;
  }

  /** @throws AwsError ValidationError, DuplicateTargetGroupName (E3) */
  create({ tags = {}, ...input }: TargetGroupInput): TargetGroupState {
    checkName("Target group", input.name);
    const { protocolVersion = "HTTP1" } = input;
    checkTargetGroupSettings(input.settings, protocolVersion);
    if (!Number.isInteger(input.port) || input.port < 1 || input.port > 65535) {
      throw new AwsError("ValidationError", `Port '${input.port}' must be between 1 and 65535`);
    }
    if ([...this.#state.targetGroups.values()].some((group) => group.name === input.name)) {
      throw new AwsError(
        "DuplicateTargetGroupName",
        `A target group with the same name '${input.name}' exists, but with different settings`,
      );
    }
    const group: TargetGroupState = {
      ...input,
      arn: this.#arns.targetGroup(input.name),
      protocol: "HTTP",
      protocolVersion,
      targetType: "instance",
      targets: new Map(),
      loadBalancerArn: null,
    };
    this.#state.targetGroups.set(group.arn, group);
    this.#context.emit({ kind: "targetGroup", atMs: Date.now(), name: group.name, tags });
    return group;
  }

  /** @throws AwsError ValidationError, TargetGroupNotFound */
  modify(arn: string, settings: TargetGroupSettings): TargetGroupState {
    const group = this.get(arn);
    checkTargetGroupSettings(settings, group.protocolVersion);
    group.settings = settings;
    if (group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
    return group;
  }

  /** @throws AwsError ResourceInUse while an action forwards to the group (E39); registered targets do not matter */
  delete(arn: string): void {
    const group = this.get(arn);
    if (this.loadBalancerOf(arn) !== undefined) {
      throw new AwsError("ResourceInUse", `Target group '${arn}' is currently in use by a listener or a rule`);
    }
    this.#state.targetGroups.delete(arn);
    for (const target of group.targets.values()) target.draining?.abort.abort();
    if (group.loadBalancerArn !== null) this.#send(group.loadBalancerArn);
  }

  find(arn: string): TargetGroupState | undefined {
    return this.#state.targetGroups.get(arn);
  }

  /** @throws AwsError TargetGroupNotFound */
  get(arn: string): TargetGroupState {
    return orNotFound(this.find(arn), "TargetGroupNotFound", "One or more target groups not found");
  }

  /** The ARN of the load balancer that uses the group. */
  loadBalancerOf(arn: string): string | undefined {
    return loadBalancersByTargetGroup(this.#state).get(arn);
  }
}
