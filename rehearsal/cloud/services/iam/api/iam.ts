import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import type { Iam } from "../model/iam";
import type { Role } from "../model/roles";

/** IAM's default length of a session. */
const SESSION_SECONDS = 3_600;

/** The operations with which people and `first-contact` prepare a new account and look at it. */
export function iamOperations({ roles, serviceLinkedRoles }: Iam): Record<string, Operation> {
  return {
    CreateRole: operation(
      { RoleName: z.string(), AssumeRolePolicyDocument: z.string(), Description: z.string().optional() },
      ({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description }) => ({
        Role: describedRole(
          roles.create({ name, path: "/", description, assumeRolePolicy, maxSessionDuration: SESSION_SECONDS }),
        ),
      }),
    ),
    PutRolePolicy: operation(
      { RoleName: z.string(), PolicyName: z.string(), PolicyDocument: z.string() },
      ({ RoleName, PolicyName, PolicyDocument }) => {
        roles.putPolicy(RoleName, PolicyName, PolicyDocument);
        return {};
      },
    ),
    DeleteRolePolicy: operation({ RoleName: z.string(), PolicyName: z.string() }, ({ RoleName, PolicyName }) => {
      roles.deletePolicy(RoleName, PolicyName);
      return {};
    }),
    DeleteRole: operation({ RoleName: z.string() }, ({ RoleName }) => {
      roles.delete(RoleName, false);
      return {};
    }),
    CreateServiceLinkedRole: operation({ AWSServiceName: z.string() }, ({ AWSServiceName }) => ({
      Role: serviceLinkedRoles.create(AWSServiceName),
    })),
    GetRole: operation({ RoleName: z.string() }, ({ RoleName }) => {
      const role = roles.find(RoleName);
      if (role) return { Role: describedRole(role) };
      const linked = serviceLinkedRoles.find(RoleName);
      if (linked) return { Role: linked };
      throw new AwsError("NoSuchEntity", `The role with name ${RoleName} cannot be found.`);
    }),
  };
}

function describedRole({ name, path, arn, uniqueId, createDate, assumeRolePolicy }: Role) {
  return {
    Path: path,
    RoleName: name,
    RoleId: uniqueId,
    Arn: arn,
    CreateDate: createDate,
    AssumeRolePolicyDocument: encodeURIComponent(assumeRolePolicy),
  };
}
