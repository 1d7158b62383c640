import type { ResourceType } from "../../../provider/resource-type";
import type { Iam } from "../model/iam";
import { instanceProfileType } from "./instance-profile";
import { openIdConnectProviderType } from "./open-id-connect-provider";
import { policyType } from "./policy";
import { roleType } from "./role";
import { rolePolicyType } from "./role-policy";
import { rolePolicyAttachmentType } from "./role-policy-attachment";

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
