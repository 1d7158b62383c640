import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { Iam } from "./model/iam";
import { instanceProfileType } from "./provider/instance-profile";
import { openIdConnectProviderType } from "./provider/open-id-connect-provider";
import { policyType } from "./provider/policy";
import { roleType } from "./provider/role";
import { rolePolicyType } from "./provider/role-policy";
import { rolePolicyAttachmentType } from "./provider/role-policy-attachment";

/** @param propagationSeconds AWS seconds until a change of a role or policy holds everywhere (aws-rules I7) */
export function createIam(context: CloudContext, propagationSeconds: number): CloudService<Iam> {
  const iam = new Iam(context, propagationSeconds);
  return { model: iam, types: iamTypes(iam) };
}

export function iamTypes(iam: Iam): ResourceType[] {
  return [
    roleType(iam),
    rolePolicyType(iam),
    rolePolicyAttachmentType(iam),
    policyType(iam),
    instanceProfileType(iam),
    openIdConnectProviderType(iam),
  ];
}
