import { AwsError } from "../kernel/aws-error";
import type { ResourceTags } from "../kernel/resource-tags";
import type { Caller, Input, Protocol } from "../protocols/service";
import type { RequiredPermission, ServiceApi } from "../services/cloud-service";
import { isAllowed } from "../services/iam/model/evaluate";
import type { Iam } from "../services/iam/model/iam";
import type { Statement } from "../services/iam/model/policy-document";
import type { Sts } from "../services/sts/model/sts";
import type { Credentials } from "./credentials";

/** Access key of people. It belongs to an administrator, who may do what no resource's own policy denies. */
export const OWNER_KEY = "rehearsal";

interface Request {
  service: string;
  operation: string;
  input: Input;
  /** Whether the request came by TLS. */
  isSecure: boolean;
}

/** What a role was asked for, allowed or not. */
export interface Access extends Pick<RequiredPermission, "action" | "resource"> {
  roleName: string;
  /** Condition keys in lower case. */
  context: NonNullable<RequiredPermission["context"]>;
  allowed: boolean;
}

export interface AuthorisationParts {
  iam: Iam;
  /** Keys of tasks. */
  credentials: Credentials;
  /** Keys of sessions. Default: there are none. */
  sts?: Pick<Sts, "session" | "isOver">;
  apis: Record<string, ServiceApi>;
  /** Default: no resource has tags. */
  tags?: ResourceTags;
  /** Gets what roles are asked for. */
  onAccess?(access: Access): void;
}

/**
 * Identifies the caller of a request, and checks its permissions. Signatures are not checked: a key stands for its
 * owner.
 */
export class Authorisation {
  readonly #logged = new Set<string>();

  constructor(private readonly parts: AuthorisationParts) {}

  /** @throws AwsError if the key does not exist, its task has ended, or its session is over (aws-rules I13) */
  caller(accessKeyId: string, { refusals }: Pick<Protocol, "refusals">): Caller {
    const { iam, credentials, sts } = this.parts;
    const { accountId } = iam.context;
    if (accessKeyId === OWNER_KEY) {
      return { arn: `arn:aws:iam::${accountId}:user/rehearsal`, userId: "AIDAREHEARSAL00000000", roleName: null };
    }
    const session = sts?.session(accessKeyId);
    if (session && sts?.isOver(session))
      throw new AwsError(refusals.expiredToken, "The security token included in the request is expired");
    const identity = session
      ? { roleName: session.roleName, name: session.sessionName }
      : nameOf(credentials.identity(accessKeyId));
    if (!identity) throw new AwsError(refusals.unknownKey, "The security token included in the request is invalid.");
    const { roleName, name } = identity;
    return {
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${name}`,
      userId: `${iam.roles.find(roleName)?.uniqueId}:${name}`,
      roleName,
    };
  }

  /** Returns the caller of an operation that needs no key, such as the one that gives keys. */
  anonymous(service: string, operation: string): Caller {
    if (this.parts.apis[service]?.unsigned?.includes(operation))
      return { arn: "anonymous", userId: "anonymous", roleName: null };
    throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token");
  }

  /** @throws AwsError the protocol's code for denied access, in AWS's words */
  check(caller: Caller, { service, operation, input, isSecure }: Request, protocol: Protocol): void {
    const { accessDenied } = protocol.refusals;
    const required = this.parts.apis[service]?.permissions?.[operation];
    if (!required) {
      if (caller.roleName === null) return;
      throw new AwsError(
        accessDenied,
        `the rehearsal cloud does not know what IAM asks of ${service} ${operation}, so only an administrator may call it; known are ${this.#known()}`,
      );
    }
    this.assertAllowed(caller, required(input), {
      isSecure,
      accessDenied,
      word: (action) => (service === "sqs" ? action.toLowerCase() : action),
    });
  }

  /**
   * Checks all that a call needs.
   * @param how.accessDenied code of the refusal
   * @param how.word how the service writes an action in its refusals
   * @throws AwsError in AWS's words
   */
  assertAllowed(
    caller: Caller,
    required: readonly RequiredPermission[],
    how: { isSecure?: boolean; accessDenied?: string; word?(action: string): string } = {},
  ): void {
    const { isSecure = true, accessDenied = "AccessDenied", word = (action) => action } = how;
    for (const permission of required) {
      const why = this.#refusal(caller, permission, isSecure);
      if (why === null) continue;
      const action = word(permission.action);
      throw new AwsError(
        accessDenied,
        `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${permission.resource} ${why.replace("ACTION", action)}`,
      );
    }
  }

  /**
   * Returns the end of AWS's sentence, or null if the call is allowed: the caller's role or the resource's own policy
   * allows it, and neither denies it. An administrator is allowed what no resource's policy denies.
   */
  #refusal(
    { arn, roleName }: Caller,
    { action, resource, policy = [], context: own = {} }: RequiredPermission,
    isSecure: boolean,
  ): string | null {
    const { iam, tags, onAccess } = this.parts;
    if (roleName === null && policy.length === 0) return null;
    const role = roleName === null ? undefined : iam.roles.find(roleName);
    const principal = { type: "AWS", value: role?.arn ?? arn };
    const keys = { "aws:securetransport": String(isSecure), ...tags?.conditionKeys(resource), ...own };
    const context = { "aws:principalaccount": iam.context.accountId, ...keys };
    const request = { principal, action, resource, context };
    const log = (line: string) => this.#logOnce(`policy of ${resource}: ${line}`);
    const holds = (statements: Statement[]) => isAllowed(statements, request, log);
    if (!holds([EVERYTHING, ...policy])) return "with an explicit deny in a resource-based policy";
    if (roleName === null) return null;
    const allowed = iam.allows(roleName, action, resource, keys) || holds(policy);
    onAccess?.({ roleName, action, resource, context: keys, allowed });
    return allowed ? null : "because no identity-based policy allows the ACTION action";
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.parts.iam.context.log(line);
  }

  #known(): string {
    return Object.entries(this.parts.apis)
      .flatMap(([service, { permissions = {} }]) =>
        Object.keys(permissions).map((operation) => `${service} ${operation}`),
      )
      .join(", ");
  }
}

function nameOf(task: { roleName: string; taskId: string } | undefined) {
  return task && { roleName: task.roleName, name: task.taskId };
}

const EVERYTHING: Statement = {
  effect: "Allow",
  principals: undefined,
  actions: ["*"],
  resources: ["*"],
  conditions: [],
};
