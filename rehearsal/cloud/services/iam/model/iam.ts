import type { CloudContext } from "../../../kernel/context";
import type { Permissions } from "../../../kernel/ports";
import { type ConditionContext, isAllowed } from "./evaluate";
import { InstanceProfiles } from "./instance-profiles";
import { OidcProviders } from "./oidc-providers";
import { Policies } from "./policies";
import type { Statement } from "./policy-document";
import { type Role, Roles } from "./roles";
import { ServiceLinkedRoles } from "./service-linked-roles";

interface SeenRole {
  /** Unix milliseconds from which it is seen. */
  atMs: number;
  trust: Statement[];
  statements: Statement[];
}

export interface IamOptions {
  /** AWS seconds until a change of a role or policy holds everywhere (aws-rules I7). Default 0. */
  propagationSeconds?: number;
  /** True for an account that used no service yet (aws-rules I17). */
  isNewAccount?: boolean;
}

/** The service and the resource that assume a role, where they are not named like the service principal. */
const SOURCES: Record<string, [service: string, resource: string]> = {
  "ecs-tasks": ["ecs", "*"],
  "vpc-flow-logs": ["ec2", "vpc-flow-log/fl-0123456789abcdef0"],
};

/** IAM: the account's roles, policies, instance profiles and identity providers, and what they allow. */
export class Iam implements Permissions {
  readonly roles: Roles;
  readonly policies: Policies;
  readonly instanceProfiles: InstanceProfiles;
  readonly oidcProviders: OidcProviders;
  readonly serviceLinkedRoles: ServiceLinkedRoles;
  readonly #logged = new Set<string>();
  /** What each role was at its changes, oldest first, without those that a later visible one has replaced. */
  readonly #seen = new Map<Role, SeenRole[]>();
  readonly #propagationSeconds: number;

  constructor(
    readonly context: CloudContext,
    { propagationSeconds = 0, isNewAccount = false }: IamOptions = {},
  ) {
    this.#propagationSeconds = propagationSeconds;
    this.oidcProviders = new OidcProviders(context);
    this.roles = new Roles(context, this.oidcProviders, (role) => this.#noteChange(role));
    this.policies = new Policies(context, (arn) => {
      for (const role of this.rolesWith(arn)) this.#noteChange(role);
    });
    this.instanceProfiles = new InstanceProfiles(context);
    this.serviceLinkedRoles = new ServiceLinkedRoles(context, isNewAccount);
  }

  /** @param conditions additional condition keys of the call, such as `{ "ecs:cluster": arn }` */
  allows(roleName: string, action: string, resource: string, conditions: ConditionContext = {}): boolean {
    const role = this.roles.find(roleName);
    if (!role) return false;
    return isAllowed(this.#seenOf(role).statements, { action, resource, context: this.#context(conditions) }, (line) =>
      this.#logOnce(`role ${role.name}, ${action}: ${line}`),
    );
  }

  trusts(roleName: string, servicePrincipal: string, sourceArn = this.#sourceArn(servicePrincipal)): boolean {
    const role = this.roles.find(roleName);
    if (!role) return false;
    const request = {
      principal: { type: "Service", value: servicePrincipal },
      action: "sts:AssumeRole",
      context: this.#context({ "aws:SourceArn": sourceArn }),
    };
    return isAllowed(this.#seenOf(role).trust, request, (line) =>
      this.#logOnce(`trust policy of role ${role.name}: ${line}`),
    );
  }

  /**
   * Whether the bearer of a token of that OIDC provider with these claims (`aud`, `sub`, `ref`) can assume the
   * role (aws-rules I10, I18).
   */
  trustsToken(roleName: string, providerArn: string, claims: Record<string, string>): boolean {
    const role = this.roles.find(roleName);
    const provider = this.oidcProviders.find(providerArn);
    if (!role || !provider?.clientIds.includes(claims.aud ?? "")) return false;
    const conditions = Object.entries(claims).map(([claim, value]) => [`${provider.host}:${claim}`, value]);
    const request = {
      principal: { type: "Federated", value: providerArn },
      action: "sts:AssumeRoleWithWebIdentity",
      context: this.#context(Object.fromEntries(conditions)),
    };
    return isAllowed(this.#seenOf(role).trust, request, (line) =>
      this.#logOnce(`trust policy of role ${role.name}: ${line}`),
    );
  }

  /** Whether a caller of this account can assume the role: its trust policy names the account or the caller. */
  trustsCaller(roleName: string, callerArn: string): boolean {
    const role = this.roles.find(roleName);
    if (!role) return false;
    return [`arn:aws:iam::${this.context.accountId}:root`, callerArn].some((value) =>
      isAllowed(
        this.#seenOf(role).trust,
        { principal: { type: "AWS", value }, action: "sts:AssumeRole", context: this.#context({}) },
        (line) => this.#logOnce(`trust policy of role ${role.name}: ${line}`),
      ),
    );
  }

  roleOfProfile(profile: string): string | undefined {
    return this.instanceProfiles.find(profile)?.roleName ?? undefined;
  }

  roleNameOfArn(arn: string): string | undefined {
    return this.roles.findByArn(arn)?.name;
  }

  /**
   * Whether EC2 sees the instance profile. For some seconds after a profile is created or gets its role, EC2 says
   * "Invalid IAM Instance Profile" (aws-rules I7).
   */
  profileIsVisible(profile: string): boolean {
    const visibleAtMs = this.instanceProfiles.find(profile)?.visibleAtMs;
    return visibleAtMs !== undefined && visibleAtMs <= Date.now();
  }

  attachPolicy(roleName: string, policyArn: string): void {
    this.policies.statements(policyArn);
    this.roles.attach(roleName, policyArn);
  }

  deletePolicy(arn: string): void {
    this.policies.delete(arn, this.rolesWith(arn).length > 0);
  }

  rolesWith(policyArn: string): Role[] {
    return this.roles.all().filter((role) => role.attached.has(policyArn));
  }

  addRoleToProfile(profileName: string, roleName: string): void {
    this.instanceProfiles.addRole(profileName, this.roles.get(roleName).name);
  }

  deleteRole(name: string): void {
    this.roles.delete(name, this.instanceProfiles.withRole(name).length > 0);
  }

  #noteChange(role: Role): void {
    const atMs = Date.now() + this.context.clock.realMs(this.#propagationSeconds);
    const seen = { atMs, trust: role.trust, statements: this.#statementsOf(role) };
    this.#seen.set(role, [...(this.#seen.get(role) ?? []), seen]);
  }

  /** Returns the role as the rest of AWS sees it now: a new one trusts nobody and may do nothing for a while. */
  #seenOf(role: Role): Omit<SeenRole, "atMs"> {
    const all = this.#seen.get(role) ?? [];
    const newest = all.findLastIndex(({ atMs }) => atMs <= Date.now());
    if (newest > 0) this.#seen.set(role, all.slice(newest));
    return all[newest] ?? { trust: [], statements: [] };
  }

  #statementsOf(role: Role): Statement[] {
    const attached = [...role.attached].flatMap((arn) => this.policies.statements(arn));
    return [...role.inline.values()].flatMap(({ statements }) => statements).concat(attached);
  }

  /** The condition keys of every call of the rehearsal, with their values. */
  #context(extra: ConditionContext): ConditionContext {
    const { region, accountId } = this.context;
    const all = {
      "aws:RequestedRegion": region,
      "aws:PrincipalAccount": accountId,
      "aws:ResourceAccount": accountId,
      "aws:SourceAccount": accountId,
      "aws:SecureTransport": "true",
    };
    return Object.fromEntries(Object.entries({ ...all, ...extra }).map(([key, value]) => [key.toLowerCase(), value]));
  }

  /** The `aws:SourceArn` of a service that assumes a role, for conditions against the confused deputy problem. */
  #sourceArn(servicePrincipal: string): string {
    const name = servicePrincipal.split(".")[0]!;
    const [service, resource] = SOURCES[name] ?? [name, "*"];
    return `arn:aws:${service}:${this.context.region}:${this.context.accountId}:${resource}`;
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.context.log(line);
  }
}
