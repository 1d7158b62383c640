import { AwsError } from "../kernel/aws-error";
import type { Caller, Input, Protocol } from "../protocols/service";
import type { RequiredPermission, ServiceApi } from "../services/cloud-service";
import { isAllowed } from "../services/iam/model/evaluate";
import type { Iam } from "../services/iam/model/iam";
import type { Statement } from "../services/iam/model/policy-document";
import type { Credentials } from "./credentials";

/** Access key of the deploy script and of people. It may do anything. */
const OWNER_KEY = "rehearsal";

interface Request {
  service: string;
  operation: string;
  input: Input;
  /** Whether the request came by TLS. */
  isSecure: boolean;
}

/**
 * Identifies the caller of a request, and checks its permissions. Signatures are not checked: a key stands for its
 * owner.
 */
export class Authorisation {
  readonly #logged = new Set<string>();

  constructor(
    private readonly iam: Iam,
    private readonly credentials: Credentials,
    private readonly apis: Record<string, ServiceApi>,
  ) {}

  /** @throws AwsError if the key does not exist, or its task has ended */
  caller(accessKeyId: string, protocol: Protocol): Caller {
    const { accountId } = this.iam.context;
    if (accessKeyId === OWNER_KEY) {
      return { arn: `arn:aws:iam::${accountId}:user/rehearsal`, userId: "AIDAREHEARSAL00000000", roleName: null };
    }
    const identity = this.credentials.identity(accessKeyId);
    if (!identity) {
      throw new AwsError(protocol.refusals.unknownKey, "The security token included in the request is invalid.");
    }
    const { roleName, taskId } = identity;
    return {
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${taskId}`,
      userId: `${this.iam.roles.find(roleName)?.uniqueId}:${taskId}`,
      roleName,
    };
  }

  /** @throws AwsError the protocol's code for denied access, in AWS's words */
  check(caller: Caller, { service, operation, input, isSecure }: Request, protocol: Protocol): void {
    const required = this.apis[service]?.permissions?.[operation];
    if (!required) {
      if (caller.roleName === null) return;
      throw new AwsError(
        protocol.refusals.accessDenied,
        `the rehearsal cloud does not know what IAM asks of ${service} ${operation}, so only the deploy may call it; known are ${this.#known()}`,
      );
    }
    for (const permission of required(input)) {
      const why = this.#refusal(caller, permission, isSecure);
      if (why === null) continue;
      const word = service === "sqs" ? permission.action.toLowerCase() : permission.action;
      throw new AwsError(
        protocol.refusals.accessDenied,
        `User: ${caller.arn} is not authorized to perform: ${word} on resource: ${permission.resource} ${why.replace("ACTION", word)}`,
      );
    }
  }

  /**
   * Returns the end of AWS's sentence, or null if the call is allowed: the caller's role or the resource's own policy
   * allows it, and neither denies it. The account's owner is allowed what no resource's policy denies.
   */
  #refusal(
    { arn, roleName }: Caller,
    { action, resource, policy = [], context: own = {} }: RequiredPermission,
    isSecure: boolean,
  ): string | null {
    const role = roleName === null ? undefined : this.iam.roles.find(roleName);
    const principal = { type: "AWS", value: role?.arn ?? arn };
    const keys = { "aws:securetransport": String(isSecure), ...own };
    const context = { "aws:principalaccount": this.iam.context.accountId, ...keys };
    const request = { principal, action, resource, context };
    const log = (line: string) => this.#logOnce(`policy of ${resource}: ${line}`);
    const holds = (statements: Statement[]) => isAllowed(statements, request, log);
    if (!holds([EVERYTHING, ...policy])) return "with an explicit deny in a resource-based policy";
    if (roleName === null || this.iam.allows(roleName, action, resource, keys) || holds(policy)) return null;
    return "because no identity-based policy allows the ACTION action";
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.iam.context.log(line);
  }

  #known(): string {
    return Object.entries(this.apis)
      .flatMap(([service, { permissions = {} }]) =>
        Object.keys(permissions).map((operation) => `${service} ${operation}`),
      )
      .join(", ");
  }
}

const EVERYTHING: Statement = {
  effect: "Allow",
  principals: undefined,
  actions: ["*"],
  resources: ["*"],
  conditions: [],
};
