import type { DnsSoa } from "../../../data-plane/dns/types";
import type { RecordSet } from "./record-set";

/** The times in the SOA record that AWS gives a new zone, in seconds (R12). */
const SOA = { ttlSeconds: 900, minimumSeconds: 86_400 };
const HOSTMASTER = "awsdns-hostmaster.amazon.com";
/** The TTL of the NS record that AWS gives a new zone, in seconds. */
export const NS_TTL_SECONDS = 172_800;

/** A public or private hosted zone, with the record sets that the API lists and those that each name server answers. */
export class HostedZone {
  /** The record sets that the API lists, by key. They include every accepted change. */
  records: ReadonlyMap<string, RecordSet> = new Map();
  /** The record sets that each name server answers, by key. They include the changes that have reached it. */
  readonly views: Map<string, RecordSet>[];
  /** True while Route 53 accepts a change to the zone (R7). */
  busy = false;
  /** The VPCs whose resolvers answer from the zone; empty for a public zone, never empty for a private one. */
  readonly vpcIds: Set<string>;
  readonly isPrivate: boolean;
  tags: Readonly<Record<string, string>> = {};

  /**
   * @param id as in `Z0123456789ABCDEFGHIJ`
   * @param name lower case, without the last dot
   * @param nameServers host names; the zone has a view for each
   * @param vpcIds empty for a public zone; a public zone never becomes private, or the reverse
   */
  constructor(
    readonly id: string,
    readonly name: string,
    public comment: string,
    readonly nameServers: readonly string[],
    vpcIds: readonly string[] = [],
  ) {
    this.vpcIds = new Set(vpcIds);
    this.isPrivate = vpcIds.length > 0;
    this.views = nameServers.map(() => new Map());
  }

  get arn(): string {
    return `arn:aws:route53:::hostedzone/${this.id}`;
  }

  get soa(): DnsSoa {
    return { zone: this.name, nameServer: this.nameServers[0] ?? "", hostmaster: HOSTMASTER, serial: 1, ...SOA };
  }
}
