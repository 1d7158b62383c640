import { z } from "zod";
import { completed } from "../../../provider/completed";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import type { Network } from "../model/network";
import { normalProtocol, type Peer, type RuleSettings, type SecurityGroupRule } from "../model/security-group-rule";
import type { SecurityGroup } from "../model/security-groups";
import { securityGroupOutputs } from "./security-group-outputs";

/** AWS seconds for which the provider retries after `DependencyViolation` (aws-rules N8). */
const DELETE_LIMIT_SECONDS = 900;
const MAX_NAME_LENGTH = 255;

const inlineRule = z.strictObject({
  protocol: z.string(),
  fromPort: z.int(),
  toPort: z.int(),
  cidrBlocks: z.array(z.string()).optional(),
  ipv6CidrBlocks: z.array(z.string()).optional(),
  prefixListIds: z.array(z.string()).optional(),
  securityGroups: z.array(z.string()).optional(),
  self: z.boolean().optional(),
  description: z.string().optional(),
});
type InlineRule = z.output<typeof inlineRule>;

export function securityGroupType(network: Network): ResourceType {
  const { context, securityGroups } = network;
  const outputs = (group: SecurityGroup) => securityGroupOutputs(context, group);
  return defineResource({
    token: "aws:ec2/securityGroup:SecurityGroup",
    awsCalls: {
      create: "ec2:CreateSecurityGroup",
      read: "ec2:DescribeSecurityGroups",
      update: "ec2:CreateTags",
      delete: "ec2:DeleteSecurityGroup",
    },
    inputs: z.object({
      vpcId: z.string(),
      name: z.string().optional(),
      description: z.string().default("Managed by Pulumi"),
      ingress: z.array(inlineRule).optional(),
      egress: z.array(inlineRule).optional(),
      revokeRulesOnDelete: z.boolean().default(false),
      tags,
    }),
    optionalComputed: ["egress", "ingress"],
    replaceOn: ["vpcId", "name", "description"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "ownerId"],
    async create({ vpcId, name, description, ingress = [], egress = [] }) {
      const group = securityGroups.create(vpcId, name!, description);
      const all = () => ({ ...outputs(group), ingress, egress });
      return completed(group.id, all, () => {
        // Without `egress`, this removes the rule that allows all egress, as the provider does (aws-rules N10).
        setRules(network, group.id, "ingress", ingress);
        setRules(network, group.id, "egress", egress);
      });
    },
    read: async (id) => outputsIf(securityGroups.find(id), outputs),
    async update(id, { ingress, egress }) {
      if (ingress) setRules(network, id, "ingress", ingress);
      if (egress) setRules(network, id, "egress", egress);
      return outputs(securityGroups.get(id));
    },
    async delete(id, { revokeRulesOnDelete }, { signal }) {
      if (revokeRulesOnDelete) for (const rule of securityGroups.get(id).rules) securityGroups.revoke(rule.id);
      const options = { code: "DependencyViolation", limitSeconds: DELETE_LIMIT_SECONDS, clock: context.clock, signal };
      await retryWhile(options, () => securityGroups.delete(id));
    },
  });
}

/** Replaces all rules of a direction, including those that are declared as resources of their own (aws-rules N9). */
function setRules(
  { securityGroups }: Network,
  groupId: string,
  direction: "ingress" | "egress",
  rules: InlineRule[],
): void {
  const now = securityGroups.get(groupId).rules.filter((rule) => rule.direction === direction);
  for (const rule of now) securityGroups.revoke(rule.id);
  for (const settings of rules.flatMap((rule) => expand(rule, direction, groupId))) {
    securityGroups.authorize(groupId, settings);
  }
}

/** The rules that EC2 keeps for one rule of the program: one for each peer. */
export function expand(rule: InlineRule, direction: "ingress" | "egress", groupId: string): RuleSettings[] {
  const { fromPort, toPort, description } = rule;
  const of = (kind: Peer["kind"], values: string[] = []) => values.map((value): Peer => ({ kind, value }));
  const peers = [
    ...of("cidrIpv4", rule.cidrBlocks),
    ...of("cidrIpv6", rule.ipv6CidrBlocks),
    ...of("prefixList", rule.prefixListIds),
    ...of("group", rule.securityGroups),
    ...of("group", rule.self ? [groupId] : []),
  ];
  const protocol = normalProtocol(rule.protocol);
  const ports = protocol === "-1" ? {} : { fromPort, toPort };
  return peers.map((peer): SecurityGroupRule | RuleSettings => ({ direction, protocol, ...ports, peer, description }));
}
