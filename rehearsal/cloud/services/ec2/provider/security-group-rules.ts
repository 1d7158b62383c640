import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { Network } from "../model/network";
import { normalProtocol, type Peer, type RuleSettings } from "../model/security-group-rule";
import { cidrArgument } from "./cidr-argument";

/** The argument for each kind of peer. */
const PEER_ARGUMENTS = {
  cidrIpv4: "cidrIpv4",
  cidrIpv6: "cidrIpv6",
  group: "referencedSecurityGroupId",
  prefixList: "prefixListId",
} as const satisfies Record<Peer["kind"], string>;
const PEER_KINDS = Object.keys(PEER_ARGUMENTS) as Peer["kind"][];

const inputs = z.object({
  securityGroupId: z.string(),
  ipProtocol: z.string().transform(normalProtocol),
  fromPort: z.int().optional(),
  toPort: z.int().optional(),
  cidrIpv4: cidrArgument.optional(),
  cidrIpv6: z.string().optional(),
  referencedSecurityGroupId: z.string().optional(),
  prefixListId: z.string().optional(),
  description: z.string().optional(),
  tags,
});
type Inputs = z.output<typeof inputs>;

/** `vpc.SecurityGroupIngressRule` and `vpc.SecurityGroupEgressRule`: one rule with one peer each. */
export function securityGroupRuleTypes(network: Network): ResourceType[] {
  return [ruleType(network, "ingress", "Ingress"), ruleType(network, "egress", "Egress")];
}

function ruleType(network: Network, direction: "ingress" | "egress", word: "Ingress" | "Egress"): ResourceType {
  const { context, securityGroups } = network;
  const computed = (id: string) => ({
    securityGroupRuleId: id,
    arn: ec2Arn(context, "security-group-rule", id),
  });
  return defineResource({
    token: `aws:vpc/securityGroup${word}Rule:SecurityGroup${word}Rule`,
    awsCalls: {
      create: `ec2:AuthorizeSecurityGroup${word}`,
      read: "ec2:DescribeSecurityGroupRules",
      update: "ec2:ModifySecurityGroupRules",
      delete: `ec2:RevokeSecurityGroup${word}`,
    },
    inputs,
    replaceOn: ["securityGroupId"],
    computed: ["arn", "securityGroupRuleId"],
    validate: problemsOf,
    async create(args) {
      const { id } = securityGroups.authorize(args.securityGroupId, settingsOf(args, direction));
      return { id, outputs: computed(id) };
    },
    async read(id) {
      const rule = securityGroups.rule(id);
      if (!rule) return null;
      return {
        ...computed(id),
        securityGroupId: rule.groupId,
        ipProtocol: rule.protocol,
        ...(rule.fromPort === undefined ? {} : { fromPort: rule.fromPort, toPort: rule.toPort }),
        [PEER_ARGUMENTS[rule.peer.kind]]: rule.peer.value,
        ...(rule.description === undefined ? {} : { description: rule.description }),
      };
    },
    async update(id, args) {
      securityGroups.modifyRule(id, settingsOf(args, direction));
      return {};
    },
    async delete(id) {
      if (securityGroups.rule(id)) securityGroups.revoke(id);
    },
  });
}

function problemsOf(args: Inputs): { property: string; reason: string }[] {
  const problems = [];
  if (PEER_KINDS.filter((kind) => args[PEER_ARGUMENTS[kind]] !== undefined).length !== 1) {
    const names = Object.values(PEER_ARGUMENTS).join(", ");
    problems.push({ property: "cidrIpv4", reason: `give exactly one of ${names}` });
  }
  if (args.ipProtocol !== "-1" && (args.fromPort === undefined || args.toPort === undefined)) {
    problems.push({ property: "fromPort", reason: `give fromPort and toPort with ipProtocol ${args.ipProtocol}` });
  }
  return problems;
}

function settingsOf(args: Inputs, direction: "ingress" | "egress"): RuleSettings {
  const kind = PEER_KINDS.find((one) => args[PEER_ARGUMENTS[one]] !== undefined)!;
  const { ipProtocol: protocol, fromPort, toPort, description } = args;
  const ports = protocol === "-1" ? {} : { fromPort, toPort };
  return { direction, protocol, ...ports, peer: { kind, value: args[PEER_ARGUMENTS[kind]]! }, description };
}
