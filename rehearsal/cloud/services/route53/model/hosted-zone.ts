import type { DnsSoa } from "../../../data-plane/dns/types";
import type { RecordSet } from "./record-set";

/** AWS's own SOA of a new zone, in seconds (R12). */
const SOA = { ttlSeconds: 900, minimumSeconds: 86_400 };
const HOSTMASTER = "awsdns-hostmaster.amazon.com";
/** AWS's own TTL of a new zone's NS record, in seconds. */
export const NS_TTL_SECONDS = 172_800;

/** A hosted zone, public or private: what the API says of it, and what each name server answers. */
export class HostedZone {
  /** By key. What the API lists: every change that was accepted. */
  records: ReadonlyMap<string, RecordSet> = new Map();
  /** By name server, then by key: every change that this name server has taken. */
  readonly views: Map<string, RecordSet>[];
  /** True while a change is being accepted (R7). */
  busy = false;
  /** The VPCs whose resolvers answer from it; empty for a public zone, never empty for a private one. */
  readonly vpcIds: Set<string>;
  readonly isPrivate: boolean;
  tags: Readonly<Record<string, string>> = {};

  /**
   * @param id as in `Z0123456789ABCDEFGHIJ`
   * @param name lower case, without the last dot
   * @param nameServers host names; a view for each
   * @param vpcIds none for a public zone; a zone never changes from one kind to the other
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
