import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { MAX_NAME_LENGTH, policySize, refuseName } from "./limits";
import type { OidcProviders } from "./oidc-providers";
import { invalidPrincipal, parsePolicy, type Statement } from "./policy-document";

/** Default quotas of the sizes of policies, in characters, and of attached policies (aws-rules I2, I3, I4). */
const MAX_TRUST_SIZE = 2048;
const MAX_INLINE_SIZE = 10240;
const MAX_ATTACHED = 10;
/** Session length in seconds (I13). */
const MIN_SESSION_SECONDS = 3600;
const MAX_SESSION_SECONDS = 43200;

export interface RoleSettings {
  name: string;
  /** Begins and ends with `/`. */
  path: string;
  description?: string | undefined;
  assumeRolePolicy: string;
  maxSessionDuration: number;
}

export interface Role extends RoleSettings {
  arn: string;
  uniqueId: string;
  createDate: string;
  trust: Statement[];
  inline: Map<string, { json: string; statements: Statement[] }>;
  /** ARNs of managed policies. */
  attached: Set<string>;
}

/** The roles of the account, with their policies. */
export class Roles {
  /** By name in lower case, because names are unique regardless of case (I1). */
  readonly #byName = new Map<string, Role>();

  /** @param onChange called after each change of a role's trust or policies */
  constructor(
    private readonly context: CloudContext,
    private readonly oidcProviders: Pick<OidcProviders, "find">,
    private readonly onChange: (role: Role) => void = () => {},
  ) {}

  create(settings: RoleSettings): Role {
    refuseName(settings.name, "roleName", MAX_NAME_LENGTH.role);
    const key = settings.name.toLowerCase();
    if (this.#byName.has(key)) {
      throw new AwsError("EntityAlreadyExists", `Role with name ${settings.name} already exists.`);
    }
    this.#refuseSession(settings.maxSessionDuration);
    const role: Role = {
      ...settings,
      arn: `arn:aws:iam::${this.context.accountId}:role${settings.path}${settings.name}`,
      uniqueId: `AROA${this.context.random.hex(17).toUpperCase()}`,
      createDate: new Date().toISOString(),
      trust: this.#trust(settings.assumeRolePolicy),
      inline: new Map(),
      attached: new Set(),
    };
    this.#byName.set(key, role);
    this.onChange(role);
    return role;
  }

  find(name: string): Role | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  get(name: string): Role {
    const role = this.find(name);
    if (!role) throw new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`);
    return role;
  }

  findByArn(arn: string): Role | undefined {
    return this.all().find((role) => role.arn === arn);
  }

  all(): Role[] {
    return [...this.#byName.values()];
  }

  update(name: string, settings: Pick<RoleSettings, "assumeRolePolicy" | "description" | "maxSessionDuration">): Role {
    const role = this.get(name);
    this.#refuseSession(settings.maxSessionDuration);
    Object.assign(role, settings, { trust: this.#trust(settings.assumeRolePolicy) });
    this.onChange(role);
    return role;
  }

  putPolicy(roleName: string, policyName: string, json: string): void {
    const role = this.get(roleName);
    refuseName(policyName, "policyName", MAX_NAME_LENGTH.policy);
    const statements = parsePolicy(json, "identity");
    const others = [...role.inline].filter(([name]) => name !== policyName);
    const size = others.reduce((sum, [, policy]) => sum + policySize(policy.json), policySize(json));
    if (size > MAX_INLINE_SIZE) {
      throw new AwsError(
        "LimitExceeded",
        `Maximum policy size of ${MAX_INLINE_SIZE} bytes exceeded for role ${role.name}`,
      );
    }
    role.inline.set(policyName, { json, statements });
    this.onChange(role);
  }

  deletePolicy(roleName: string, policyName: string): void {
    const role = this.get(roleName);
    if (!role.inline.delete(policyName)) {
      throw new AwsError("NoSuchEntity", `The role policy with name ${policyName} cannot be found.`);
    }
    this.onChange(role);
  }

  attach(roleName: string, policyArn: string): void {
    const role = this.get(roleName);
    if (role.attached.size >= MAX_ATTACHED && !role.attached.has(policyArn)) {
      throw new AwsError("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`);
    }
    role.attached.add(policyArn);
    this.onChange(role);
  }

  detach(roleName: string, policyArn: string): void {
    const role = this.get(roleName);
    if (!role.attached.delete(policyArn)) {
      throw new AwsError("NoSuchEntity", `Policy ${policyArn} was not found.`);
    }
    this.onChange(role);
  }

  /** @param inProfile true if an instance profile contains the role */
  delete(name: string, inProfile: boolean): void {
    const role = this.get(name);
    const conflict =
      (inProfile && "must remove roles from instance profile first") ||
      (role.attached.size > 0 && "must detach all policies first") ||
      (role.inline.size > 0 && "must delete policies first");
    if (conflict) throw new AwsError("DeleteConflict", `Cannot delete entity, ${conflict}.`);
    this.#byName.delete(name.toLowerCase());
  }

  #trust(json: string): Statement[] {
    const statements = parsePolicy(json, "trust");
    if (policySize(json) > MAX_TRUST_SIZE) {
      throw new AwsError("LimitExceeded", `Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_SIZE}`);
    }
    for (const { type, value } of statements.flatMap(({ principals = [] }) => principals)) {
      if (this.#isMissing(type, value)) {
        throw new AwsError("MalformedPolicyDocument", invalidPrincipal({ type, value }));
      }
    }
    return statements;
  }

  /** Whether the principal does not exist. Principals of other accounts are assumed to exist (I4). */
  #isMissing(type: string, value: string): boolean {
    const own = `arn:aws:iam::${this.context.accountId}:`;
    if (type === "Federated") return value.startsWith(`${own}oidc-provider/`) && !this.oidcProviders.find(value);
    return type === "AWS" && value.startsWith(`${own}role/`) && !this.findByArn(value);
  }

  #refuseSession(seconds: number): void {
    if (seconds < MIN_SESSION_SECONDS || seconds > MAX_SESSION_SECONDS) {
      throw new AwsError(
        "ValidationError",
        `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between ${MIN_SESSION_SECONDS} and ${MAX_SESSION_SECONDS}`,
      );
    }
  }
}
