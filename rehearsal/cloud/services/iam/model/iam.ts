import type { CloudContext } from "../../../kernel/context";
import type { Permissions } from "../../../kernel/ports";
import { isAllowed } from "./evaluate";
import { InstanceProfiles } from "./instance-profiles";
import { OidcProviders } from "./oidc-providers";
import { Policies } from "./policies";
import type { Statement } from "./policy-document";
import { type Role, Roles } from "./roles";

/** Who may do what in the account. */
export class Iam implements Permissions {
  readonly roles: Roles;
  readonly policies: Policies;
  readonly instanceProfiles: InstanceProfiles;
  readonly oidcProviders: OidcProviders;
  readonly #logged = new Set<string>();

  constructor(readonly context: CloudContext) {
    this.roles = new Roles(context);
    this.policies = new Policies(context);
    this.instanceProfiles = new InstanceProfiles(context);
    this.oidcProviders = new OidcProviders(context);
  }

  /** @param conditions further condition keys of the call, such as `{ "ecs:cluster": arn }` */
  allows(roleName: string, action: string, resource: string, conditions: Record<string, string> = {}): boolean {
    const role = this.roles.find(roleName);
    if (!role) return false;
    return isAllowed(this.#statementsOf(role), { action, resource, context: this.#context(conditions) }, (line) =>
      this.#logOnce(`role ${role.name}, ${action}: ${line}`),
    );
  }

  trusts(roleName: string, servicePrincipal: string): boolean {
    const role = this.roles.find(roleName);
    if (!role) return false;
    const request = {
      principal: { type: "Service", value: servicePrincipal },
      action: "sts:AssumeRole",
      context: this.#context({ "aws:SourceArn": this.#sourceArn(servicePrincipal) }),
    };
    return isAllowed(role.trust, request, (line) => this.#logOnce(`trust policy of role ${role.name}: ${line}`));
  }

  /** True if a token of that OIDC provider, with these claims (`aud`, `sub`), lets its bearer take the role (aws-rules I10). */
  trustsToken(roleName: string, providerArn: string, claims: Record<string, string>): boolean {
    const role = this.roles.find(roleName);
    const provider = this.oidcProviders.find(providerArn);
    if (!role || !provider?.clientIds.includes(claims.aud ?? "")) return false;
    const named = Object.entries(claims).map(([claim, value]) => [`${provider.host}:${claim}`, value]);
    const request = {
      principal: { type: "Federated", value: providerArn },
      action: "sts:AssumeRoleWithWebIdentity",
      context: this.#context(Object.fromEntries(named)),
    };
    return isAllowed(role.trust, request, (line) => this.#logOnce(`trust policy of role ${role.name}: ${line}`));
  }

  roleOfProfile(profile: string): string | undefined {
    return this.instanceProfiles.find(profile)?.roleName ?? undefined;
  }

  roleNameOfArn(arn: string): string | undefined {
    return this.roles.findByArn(arn)?.name;
  }

  /** False for some seconds after a profile is made or gets its role: EC2 then says "Invalid IAM Instance Profile" (aws-rules I7). */
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

  #statementsOf(role: Role): Statement[] {
    const attached = [...role.attached].flatMap((arn) => this.policies.statements(arn));
    return [...role.inline.values()].flatMap(({ statements }) => statements).concat(attached);
  }

  /** What a condition can ask about every call of the rehearsal. */
  #context(extra: Record<string, string>): Record<string, string> {
    const { region, accountId } = this.context;
    const all = {
      "aws:RequestedRegion": region,
      "aws:PrincipalAccount": accountId,
      "aws:ResourceAccount": accountId,
      "aws:SourceAccount": accountId,
      "aws:SecureTransport": "true",
      ...extra,
    };
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [key.toLowerCase(), value]));
  }

  /** What a service names as its reason to assume a role, for conditions against confused deputies. */
  #sourceArn(servicePrincipal: string): string {
    const service = servicePrincipal.split(".")[0]!.replace(/^ecs-tasks$/, "ecs");
    return `arn:aws:${service}:${this.context.region}:${this.context.accountId}:*`;
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.context.log(line);
  }
}
