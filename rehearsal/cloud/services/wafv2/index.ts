import type { CloudContext } from "../../kernel/context";
import type { CloudService } from "../cloud-service";
import { WebAcls } from "./model/web-acls";
import { webAclAssociationType } from "./provider/web-acl-association";

export function createWafv2(context: CloudContext): CloudService<WebAcls> {
  const webAcls = new WebAcls(context);
  return { model: webAcls, types: [webAclAssociationType(webAcls)] };
}
