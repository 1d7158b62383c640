import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Network } from "../model/network";
import { expand } from "./security-group";

/**
 * The older `ec2.SecurityGroupRule`, which can have several peers. `awsx.ec2.Vpc` uses it for the security group of its
 * interface endpoints.
 */
export function securityGroupRuleType({ securityGroups }: Network): ResourceType {
  const inputs = z.object({
    type: z.enum(["ingress", "egress"]),
    securityGroupId: z.string(),
    protocol: z.string(),
    fromPort: z.int(),
    toPort: z.int(),
    cidrBlocks: z.array(z.string()).optional(),
    ipv6CidrBlocks: z.array(z.string()).optional(),
    prefixListIds: z.array(z.string()).optional(),
    sourceSecurityGroupId: z.string().optional(),
    self: z.boolean().default(false),
    description: z.string().optional(),
  });
  const settingsOf = (args: z.output<typeof inputs>) => {
    const source = args.sourceSecurityGroupId;
    return expand({ ...args, securityGroups: source === undefined ? [] : [source] }, args.type, args.securityGroupId);
  };
  /** The ids of the rules that a resource created, by the id of the resource. */
  const ruleIds = new Map<string, string[]>();
  return defineResource({
    token: "aws:ec2/securityGroupRule:SecurityGroupRule",
    awsCalls: {
      create: "ec2:AuthorizeSecurityGroupIngress",
      read: "ec2:DescribeSecurityGroups",
      update: "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
      delete: "ec2:RevokeSecurityGroupIngress",
    },
    inputs,
    optionalComputed: ["sourceSecurityGroupId"],
    computed: ["securityGroupRuleId"],
    async create(args) {
      const rules = settingsOf(args).map((settings) => securityGroups.authorize(args.securityGroupId, settings));
      const id = `sgrule-${rules[0]?.id.slice("sgr-".length)}`;
      ruleIds.set(
        id,
        rules.map((rule) => rule.id),
      );
      return { id, outputs: { securityGroupRuleId: rules.length === 1 ? rules[0]!.id : "" } };
    },
    async read(id) {
      return ruleIds.get(id)?.every((ruleId) => securityGroups.rule(ruleId)) ? {} : null;
    },
    async delete(id) {
      for (const ruleId of ruleIds.get(id) ?? []) if (securityGroups.rule(ruleId)) securityGroups.revoke(ruleId);
      ruleIds.delete(id);
    },
  });
}
