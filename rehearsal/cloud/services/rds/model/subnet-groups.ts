import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability } from "../../../kernel/ports";
import type { RdsRole } from "./rds-role";

export interface SubnetGroup {
  name: string;
  arn: string;
  description: string;
  subnetIds: string[];
  vpcId: string;
}

/** DB subnet groups (aws-rules B6). */
export class SubnetGroups {
  readonly #byName = new Map<string, SubnetGroup>();

  constructor(
    private readonly context: CloudContext,
    private readonly network: Pick<Reachability, "subnet">,
    private readonly isUsed: (name: string) => boolean,
    private readonly role: RdsRole,
  ) {}

  create(name: string, description: string, subnetIds: string[]): SubnetGroup {
    if (this.#byName.has(name))
      throw new AwsError("DBSubnetGroupAlreadyExists", `The DB subnet group ${name} already exists.`);
    this.role.assertThere();
    const { region, accountId } = this.context;
    const arn = `arn:aws:rds:${region}:${accountId}:subgrp:${name}`;
    const group = { name, arn, description, subnetIds, vpcId: this.#vpcOf(subnetIds) };
    this.#byName.set(name, group);
    return group;
  }

  update(name: string, description: string, subnetIds: string[]): SubnetGroup {
    return Object.assign(this.get(name), { description, subnetIds, vpcId: this.#vpcOf(subnetIds) });
  }

  find(name: string): SubnetGroup | undefined {
    return this.#byName.get(name);
  }

  get(name: string): SubnetGroup {
    return orNotFound(this.#byName.get(name), "DBSubnetGroupNotFoundFault", `DBSubnetGroup ${name} doesn't exist.`);
  }

  delete(name: string): void {
    this.get(name);
    if (this.isUsed(name))
      throw new AwsError(
        "InvalidDBSubnetGroupStateFault",
        `Cannot delete the subnet group '${name}' because at least one database instance is still using it.`,
      );
    this.#byName.delete(name);
  }

  #vpcOf(subnetIds: string[]): string {
    const subnets = subnetIds.map((id) => this.network.subnet(id));
    if (new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size < 2)
      throw new AwsError(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage is less than 2. Add subnets to cover at least 2 AZs.",
      );
    return subnets[0]!.vpcId;
  }
}
