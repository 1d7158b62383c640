import type { Iam } from "../aws/iam";
import type { ResourceType } from "../provider/resource-type";
import { instanceProfileType } from "./iam/instance-profile";
import { openIdConnectProviderType } from "./iam/open-id-connect-provider";
import { policyType } from "./iam/policy";
import { roleType } from "./iam/role";
import { rolePolicyType } from "./iam/role-policy";
import { rolePolicyAttachmentType } from "./iam/role-policy-attachment";

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
