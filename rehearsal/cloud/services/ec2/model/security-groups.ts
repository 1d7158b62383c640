import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { NetworkInterfaces } from "./network-interfaces";
import { describeRule, isSameRule, type RuleSettings, type SecurityGroupRule } from "./security-group-rule";
import type { Vpcs } from "./vpcs";

/** Default quota for each direction (N11). */
const MAX_RULES = 60;

/** Stands for a VPC that a stack will make. */
const LATER = "";

export interface SecurityGroup {
  id: string;
  vpcId: string;
  name: string;
  description: string;
  rules: SecurityGroupRule[];
}

/** The security groups of the account, with their rules. */
export class SecurityGroups {
  readonly #byId = new Map<string, SecurityGroup>();

  constructor(
    private readonly context: CloudContext,
    private readonly vpcs: Vpcs,
    private readonly interfaces: NetworkInterfaces,
    /** Called after each change of a rule. */
    private readonly changed: () => void,
  ) {}

  /**
   * Creates a group that allows all egress and no ingress.
   * @param id of a group that exists before any stack. Default: a new one
   */
  create(vpcId: string, name: string, description: string, id = this.#newId()): SecurityGroup {
    if (name.startsWith("sg-")) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
      );
    }
    this.vpcs.get(vpcId);
    if (this.inVpc(vpcId).some((group) => group.name === name)) {
      throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
    }
    const group: SecurityGroup = { id, vpcId, name, description, rules: [] };
    this.#byId.set(group.id, group);
    this.authorize(group.id, { direction: "egress", protocol: "-1", peer: { kind: "cidrIpv4", value: "0.0.0.0/0" } });
    return group;
  }

  /** Creates the group of an owner in a VPC that is not there yet: that of the first group that a rule names beside it. */
  createWithoutVpc(id: string, name: string, description: string): void {
    this.#byId.set(id, { id, vpcId: LATER, name, description, rules: [] });
  }

  /** Creates a VPC's default group, whose members can connect to each other. */
  createDefault(vpcId: string): SecurityGroup {
    const group = this.create(vpcId, "default", "default VPC security group");
    this.authorize(group.id, { direction: "ingress", protocol: "-1", peer: { kind: "group", value: group.id } });
    return group;
  }

  find(id: string): SecurityGroup | undefined {
    return this.#byId.get(id);
  }

  get(id: string): SecurityGroup {
    return orNotFound(this.#byId.get(id), "InvalidGroup.NotFound", `The security group '${id}' does not exist`);
  }

  inVpc(vpcId: string): SecurityGroup[] {
    return [...this.#byId.values()].filter((group) => group.vpcId === vpcId);
  }

  authorize(groupId: string, settings: RuleSettings): SecurityGroupRule {
    const group = this.get(groupId);
    this.#refuse(group, settings);
    const rule: SecurityGroupRule = { ...settings, id: `sgr-${this.context.random.hex(17)}`, groupId };
    group.rules.push(rule);
    this.changed();
    return rule;
  }

  rule(ruleId: string): SecurityGroupRule | undefined {
    for (const group of this.#byId.values()) {
      const rule = group.rules.find((one) => one.id === ruleId);
      if (rule) return rule;
    }
    return undefined;
  }

  modifyRule(ruleId: string, settings: RuleSettings): SecurityGroupRule {
    const rule = this.rule(ruleId);
    if (!rule) throw ruleNotFound(ruleId);
    const group = this.get(rule.groupId);
    group.rules = group.rules.filter((one) => one !== rule);
    try {
      this.#refuse(group, settings);
    } catch (error) {
      group.rules.push(rule);
      throw error;
    }
    const modified: SecurityGroupRule = { ...settings, id: ruleId, groupId: rule.groupId };
    group.rules.push(modified);
    this.changed();
    return modified;
  }

  revoke(ruleId: string): void {
    const rule = this.rule(ruleId);
    if (!rule) throw ruleNotFound(ruleId);
    const group = this.get(rule.groupId);
    group.rules = group.rules.filter((one) => one.id !== ruleId);
    this.changed();
  }

  /** @throws AwsError DependencyViolation while a network interface or a rule of another group uses the group (N8) */
  delete(id: string): void {
    const group = this.get(id);
    if (group.name === "default") {
      throw new AwsError("CannotDelete", `the specified group: "${id}" name: "default" cannot be deleted by a user`);
    }
    const isReferenced = [...this.#byId.values()].some(
      (other) => other !== group && other.rules.some(({ peer }) => peer.kind === "group" && peer.value === id),
    );
    if (isReferenced || this.interfaces.inGroup(id).length > 0) {
      throw new AwsError("DependencyViolation", `resource ${id} has a dependent object`);
    }
    this.#byId.delete(id);
  }

  /** Deletes the default group of a deleted VPC. */
  forgetVpc(vpcId: string): void {
    for (const group of this.inVpc(vpcId)) this.#byId.delete(group.id);
  }

  #newId(): string {
    return `sg-${this.context.random.hex(17)}`;
  }

  #refuse(group: SecurityGroup, settings: RuleSettings): void {
    if (settings.peer.kind === "group") settle(group, this.get(settings.peer.value));
    if (settings.peer.kind === "group" && this.get(settings.peer.value).vpcId !== group.vpcId) {
      throw new AwsError(
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
      );
    }
    if (group.rules.some((rule) => isSameRule(rule, settings))) {
      throw new AwsError(
        "InvalidPermission.Duplicate",
        `the specified rule "${describeRule(settings)}" already exists`,
      );
    }
    if (group.rules.filter((rule) => rule.direction === settings.direction).length >= MAX_RULES) {
      throw new AwsError(
        "RulesPerSecurityGroupLimitExceeded",
        "The maximum number of rules per security group has been reached.",
      );
    }
  }
}

/** Puts a group whose VPC was not there yet into that of another group. */
function settle(one: SecurityGroup, other: SecurityGroup): void {
  if (one.vpcId === LATER) one.vpcId = other.vpcId;
  if (other.vpcId === LATER) other.vpcId = one.vpcId;
}

function ruleNotFound(ruleId: string): AwsError {
  return new AwsError("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${ruleId}' does not exist`);
}
