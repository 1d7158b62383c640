import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Edge } from "../edge/edge";
import type { Live } from "../live/live";
import type { HostRecordOutputs, Wrapped } from "../live/outputs";
import { asImported, asNameRecords, HOST_RECORDS_TYPE, hostRecord } from "./record-aliases";
import type { Service } from "./service";

export interface HostRecordsArgs {
  edge: Edge;
  live: Live;
  services: Readonly<Record<string, Service>>;
  hosts: readonly HostRecordArgs[];
}

interface HostRecordArgs {
  host: string;
  /** ID of its hosted zone. */
  zoneId: pulumi.Input<string>;
  /** The service whose active colour the record follows. */
  service: string;
  /** All services that have the host. */
  sharers: readonly string[];
}

/**
 * Records of the hosts that services have of their own: one for each host, whichever services share it, so that a host
 * can pass from one service to another by a change in place, also from one whose production name it was. They are changed after the services' rules
 * and, when a host is removed, deleted before them.
 *
 * Cost: none (aws.amazon.com/route53/pricing: queries of aliases to load balancers are free).
 */
export class HostRecords extends pulumi.ComponentResource {
  readonly records: aws.route53.Record[];
  readonly outputs: Wrapped<HostRecordOutputs>[];

  constructor(name: string, args: HostRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(HOST_RECORDS_TYPE, name, {}, opts);

    const { edge, live, services, hosts } = args;
    this.records = hosts.map(({ host, zoneId, service, sharers }) => {
      const { loadBalancer } = edge.sides[live.services[service]!.active];
      const before = sharers.flatMap((name) => [...services[name]!.rules, ...services[name]!.instances]);
      return new aws.route53.Record(
        hostRecord(host),
        {
          zoneId,
          name: host,
          type: "A",
          aliases: [{ name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: false }],
        },
        {
          parent: this,
          dependsOn: [...edge.furtherCertificates, ...before],
          aliases: [
            ...asNameRecords(host, edge.domain, services[service]!.publicRouting!),
            asImported(hostRecord(host)),
          ],
        },
      );
    });
    this.outputs = hosts.map(({ host, zoneId, service }) => ({ host, zoneId, service }));
    this.registerOutputs({});
  }
}
