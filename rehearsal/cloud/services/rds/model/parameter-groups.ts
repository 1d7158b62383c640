import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

export interface ParameterGroup {
  name: string;
  arn: string;
  family: string;
  description: string;
  parameters: Readonly<Record<string, string>>;
}

/** DB parameter groups. */
export class ParameterGroups {
  readonly #byName = new Map<string, ParameterGroup>();

  constructor(
    private readonly context: CloudContext,
    private readonly isUsed: (name: string) => boolean,
  ) {}

  create(group: Omit<ParameterGroup, "arn">): ParameterGroup {
    if (this.#byName.has(group.name))
      throw new AwsError("DBParameterGroupAlreadyExists", `Parameter group ${group.name} already exists`);
    const { region, accountId } = this.context;
    const created = { ...group, arn: `arn:aws:rds:${region}:${accountId}:pg:${group.name}` };
    this.#byName.set(group.name, created);
    return created;
  }

  setParameters(name: string, parameters: Readonly<Record<string, string>>): ParameterGroup {
    return Object.assign(this.get(name), { parameters });
  }

  find(name: string): ParameterGroup | undefined {
    return this.#byName.get(name);
  }

  get(name: string): ParameterGroup {
    return orNotFound(this.#byName.get(name), "DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`);
  }

  delete(name: string): void {
    this.get(name);
    if (this.isUsed(name))
      throw new AwsError(
        "InvalidDBParameterGroupState",
        "One or more database instances are still members of this parameter group, so the group cannot be deleted",
      );
    this.#byName.delete(name);
  }
}
