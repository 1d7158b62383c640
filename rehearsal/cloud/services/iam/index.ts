import type { CloudContext } from "../../kernel/context";
import { queryProtocol } from "../../protocols/query";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { iamOperations } from "./api/iam";
import { Iam } from "./model/iam";
import { instanceProfileType } from "./provider/instance-profile";
import { openIdConnectProviderType } from "./provider/open-id-connect-provider";
import { policyType } from "./provider/policy";
import { roleType } from "./provider/role";
import { rolePolicyType } from "./provider/role-policy";
import { rolePolicyAttachmentType } from "./provider/role-policy-attachment";

/** @param isNewAccount true for an account that used no service yet (aws-rules I17) */
export function createIam(context: CloudContext, isNewAccount = false): CloudService<Iam> {
  const iam = new Iam(context, isNewAccount);
  return {
    model: iam,
    types: iamTypes(iam),
    apis: { iam: { protocol: queryProtocol, operations: iamOperations(iam) } },
  };
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
