import type { CloudContext } from "../../kernel/context";
import type { CloudService } from "../cloud-service";
import { webAclAssociationType } from "./provider/web-acl-association";

/** It holds which load balancer has which web ACL, and nothing of the ACLs themselves. */
export function createWafv2(context: CloudContext, loadBalancerExists: (arn: string) => boolean): CloudService<null> {
  return { model: null, types: [webAclAssociationType(context, loadBalancerExists)] };
}
