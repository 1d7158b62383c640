import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import type { Iam } from "../model/iam";

/** The operations with which people prepare a new account, and with which `doctor` looks at it. */
export function iamOperations({ roles, serviceLinkedRoles }: Iam): Record<string, Operation> {
  return {
    CreateServiceLinkedRole: operation({ AWSServiceName: z.string() }, ({ AWSServiceName }) => ({
      Role: serviceLinkedRoles.create(AWSServiceName),
    })),
    GetRole: operation({ RoleName: z.string() }, ({ RoleName }) => {
      const role = roles.find(RoleName);
      if (role) {
        const { name, path, arn, uniqueId, createDate, assumeRolePolicy } = role;
        return {
          Role: {
            Path: path,
            RoleName: name,
            RoleId: uniqueId,
            Arn: arn,
            CreateDate: createDate,
            AssumeRolePolicyDocument: encodeURIComponent(assumeRolePolicy),
          },
        };
      }
      const linked = serviceLinkedRoles.find(RoleName);
      if (linked) return { Role: linked };
      throw new AwsError("NoSuchEntity", `The role with name ${RoleName} cannot be found.`);
    }),
  };
}
