import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { MAX_NAME_LENGTH, refuseName } from "./limits";

/** AWS seconds until EC2 and Auto Scaling see a new profile or its new role (aws-rules I7). */
const PROPAGATION_SECONDS = 8;

export interface InstanceProfile {
  name: string;
  path: string;
  arn: string;
  uniqueId: string;
  createDate: string;
  /** The profile's role. A profile has at most one. */
  roleName: string | null;
  /** Unix milliseconds from which EC2 sees the profile as it is now. */
  visibleAtMs: number;
}

/** The instance profiles of the account. */
export class InstanceProfiles {
  /** By name in lower case (I1). */
  readonly #byName = new Map<string, InstanceProfile>();

  constructor(private readonly context: CloudContext) {}

  create(name: string, path: string): InstanceProfile {
    refuseName(name, "instanceProfileName", MAX_NAME_LENGTH.instanceProfile);
    if (this.#byName.has(name.toLowerCase())) {
      throw new AwsError("EntityAlreadyExists", `Instance Profile ${name} already exists.`);
    }
    const { random, accountId } = this.context;
    const profile: InstanceProfile = {
      name,
      path,
      arn: `arn:aws:iam::${accountId}:instance-profile${path}${name}`,
      uniqueId: `AIPA${random.hex(17).toUpperCase()}`,
      createDate: new Date().toISOString(),
      roleName: null,
      visibleAtMs: this.#visibleAtMs(),
    };
    this.#byName.set(name.toLowerCase(), profile);
    return profile;
  }

  /** @param profile name or ARN */
  find(profile: string): InstanceProfile | undefined {
    return this.#byName.get(profile.toLowerCase()) ?? [...this.#byName.values()].find((one) => one.arn === profile);
  }

  get(name: string): InstanceProfile {
    const profile = this.find(name);
    if (!profile) throw new AwsError("NoSuchEntity", `Instance Profile ${name} cannot be found.`);
    return profile;
  }

  withRole(roleName: string): InstanceProfile[] {
    return [...this.#byName.values()].filter((one) => one.roleName?.toLowerCase() === roleName.toLowerCase());
  }

  addRole(name: string, roleName: string): void {
    const profile = this.get(name);
    if (profile.roleName !== null) {
      throw new AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
    profile.roleName = roleName;
    profile.visibleAtMs = this.#visibleAtMs();
  }

  removeRole(name: string): void {
    this.get(name).roleName = null;
  }

  delete(name: string): void {
    if (this.get(name).roleName !== null) {
      throw new AwsError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
    }
    this.#byName.delete(name.toLowerCase());
  }

  #visibleAtMs(): number {
    return Date.now() + this.context.clock.realMs(PROPAGATION_SECONDS);
  }
}
