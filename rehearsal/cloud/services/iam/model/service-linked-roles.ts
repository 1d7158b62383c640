import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

/** Services of which the program needs a service-linked role, with the role's name (aws-rules I17). */
const ROLE_NAMES: Readonly<Record<string, string>> = {
  "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
  "ecs.amazonaws.com": "AWSServiceRoleForECS",
  "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
  "rds.amazonaws.com": "AWSServiceRoleForRDS",
};

export interface ServiceLinkedRole {
  Path: string;
  RoleName: string;
  RoleId: string;
  Arn: string;
  CreateDate: string;
  AssumeRolePolicyDocument: string;
}

/** The service-linked roles of the account. An account has all of them, unless it is new. */
export class ServiceLinkedRoles {
  readonly #byService = new Map<string, ServiceLinkedRole>();

  constructor(
    private readonly context: CloudContext,
    isNewAccount = false,
  ) {
    if (!isNewAccount) for (const service of Object.keys(ROLE_NAMES)) this.create(service);
  }

  /** @throws AwsError `InvalidInput` if the service has its role already, or has none */
  create(service: string): ServiceLinkedRole {
    const name = ROLE_NAMES[service];
    if (name === undefined) {
      const known = Object.keys(ROLE_NAMES).join(", ");
      throw new AwsError(
        "InvalidInput",
        `the rehearsal cloud knows no service-linked role of ${service}, only of ${known}`,
      );
    }
    if (this.#byService.has(service)) {
      throw new AwsError(
        "InvalidInput",
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    }
    const path = `/aws-service-role/${service}/`;
    const role = {
      Path: path,
      RoleName: name,
      RoleId: `AROA${this.context.random.hex(17).toUpperCase()}`,
      Arn: `arn:aws:iam::${this.context.accountId}:role${path}${name}`,
      CreateDate: new Date().toISOString(),
      AssumeRolePolicyDocument: encodeURIComponent(
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
        }),
      ),
    };
    this.#byService.set(service, role);
    return role;
  }

  find(roleName: string): ServiceLinkedRole | undefined {
    return [...this.#byService.values()].find((role) => role.RoleName === roleName);
  }

  /** Creates the service's role if it is missing, as the service does at its first use. True if it was there. */
  isThereOrCreated(service: string): boolean {
    if (this.#byService.has(service)) return true;
    this.create(service);
    return false;
  }
}
