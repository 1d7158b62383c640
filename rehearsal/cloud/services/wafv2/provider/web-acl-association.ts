import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { defineResource, type ResourceType } from "../../../provider/resource-type";

/**
 * A web ACL on a load balancer, which is one at most. The ACL itself is made outside the stack, so that any ACL of
 * this account and region counts as existing; its rules see no request of a rehearsal.
 */
export function webAclAssociationType(
  { region, accountId }: CloudContext,
  loadBalancerExists: (arn: string) => boolean,
): ResourceType {
  const associations = new Map<string, string>();
  const aclForm = new RegExp(`^arn:aws:wafv2:${region}:${accountId}:regional/webacl/[\\w-]{1,128}/[\\w-]{1,36}$`);
  return defineResource({
    token: "aws:wafv2/webAclAssociation:WebAclAssociation",
    awsCalls: {
      create: "wafv2:AssociateWebACL",
      read: "wafv2:GetWebACLForResource",
      delete: "wafv2:DisassociateWebACL",
    },
    inputs: z.object({ resourceArn: z.string(), webAclArn: z.string() }),
    replaceOn: ["resourceArn", "webAclArn"],
    computed: [],
    async create({ resourceArn, webAclArn }) {
      if (!aclForm.test(webAclArn) || !loadBalancerExists(resourceArn)) {
        throw new AwsError(
          "WAFNonexistentItemException",
          "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
        );
      }
      associations.set(resourceArn, webAclArn);
      return { id: `${webAclArn},${resourceArn}`, outputs: {} };
    },
    async read(id) {
      const [webAclArn = "", resourceArn = ""] = id.split(",");
      return associations.get(resourceArn) === webAclArn ? { resourceArn, webAclArn } : null;
    },
    async delete(id) {
      associations.delete(id.split(",")[1] ?? "");
    },
  });
}
