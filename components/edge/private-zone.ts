import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";

export interface PrivateZoneArgs {
  domain: string;
  /** The VPC that the zone answers in. DNS support and DNS hostnames must be on, or nothing resolves. */
  vpcId: pulumi.Input<string>;
  tags: Tags;
}

/**
 * Private hosted zone for the names of internal services. In its VPC it hides public names at and below its domain: a
 * name that the zone does not have gives NXDOMAIN.
 *
 * Cost a month: 0.50 USD (aws.amazon.com/route53/pricing).
 */
export class PrivateZone extends pulumi.ComponentResource {
  readonly zoneId: pulumi.Output<string>;

  constructor(name: string, args: PrivateZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:private-zone:PrivateZone", name, {}, opts);

    const zone = new aws.route53.Zone(
      `${name}-zone`,
      { name: args.domain, comment: "Calls between services", vpcs: [{ vpcId: args.vpcId }], tags: args.tags },
      { parent: this },
    );

    this.zoneId = zone.zoneId;
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
