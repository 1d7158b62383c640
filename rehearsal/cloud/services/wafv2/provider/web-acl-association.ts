import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { WebAcls } from "../model/web-acls";

/** A web ACL on a load balancer. */
export function webAclAssociationType(webAcls: WebAcls): ResourceType {
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
      webAcls.associate(webAclArn, resourceArn);
      return { id: `${webAclArn},${resourceArn}`, outputs: {} };
    },
    async read(id) {
      const [webAclArn = "", resourceArn = ""] = id.split(",");
      return webAcls.forResource(resourceArn) === webAclArn ? { resourceArn, webAclArn } : null;
    },
    async delete(id) {
      webAcls.disassociate(id.split(",")[1] ?? "");
    },
  });
}
