import type { DnsLookup } from "../../../../../../rehearsal/cloud/data-plane/dns/types";
import type { LoadBalancerDnsName } from "../../../../../../rehearsal/cloud/services/elb/model/load-balancer-dns-names";
import type { Change } from "../../../../../../rehearsal/cloud/services/route53/model/change-batch";
import { HostedZones } from "../../../../../../rehearsal/cloud/services/route53/model/hosted-zones";
import type { RecordSet } from "../../../../../../rehearsal/cloud/services/route53/model/record-set";
import { testContext } from "../../elb/model/scene";

export const ALB_ZONE = "Z14GRHDCWA56QT";
export const BLUE = "blue-123456789.ap-northeast-1.elb.amazonaws.com";
export const GREEN = "green-987654321.ap-northeast-1.elb.amazonaws.com";
export const NAME_SERVERS = ["127.68.53.1", "127.68.53.2", "127.68.53.3", "127.68.53.4"];

/** Hosted zones with `example.jp`, and two load balancers that a test can make unhealthy or delete. */
export class Scene {
  readonly context;
  readonly zones: HostedZones;
  readonly zoneId: string;
  readonly loadBalancers = new Map<string, LoadBalancerDnsName>([
    [BLUE, { zoneId: ALB_ZONE, addresses: ["127.68.50.1", "127.68.50.2"] }],
    [GREEN, { zoneId: ALB_ZONE, addresses: ["127.68.51.1", "127.68.51.2"] }],
  ]);

  /** Two VPCs for private zones, and one for each DNS attribute that is off. */
  readonly vpcs = new Map([
    ["vpc-1", { enableDnsSupport: true, enableDnsHostnames: true }],
    ["vpc-2", { enableDnsSupport: true, enableDnsHostnames: true }],
    ["vpc-no-host-names", { enableDnsSupport: true, enableDnsHostnames: false }],
    ["vpc-no-dns", { enableDnsSupport: false, enableDnsHostnames: true }],
  ]);

  /** @param speed AWS seconds in a real one */
  constructor(speed = 200) {
    this.context = testContext(speed);
    this.zones = new HostedZones(this.context, {
      zoneNames: ["example.jp"],
      nameServers: NAME_SERVERS,
      loadBalancers: { find: (name) => this.loadBalancers.get(name) },
      vpcs: { find: (id) => this.vpcs.get(id) },
    });
    this.zoneId = this.zones.findByName("example.jp")[0]!.id;
  }

  /** Retries while Route 53 is busy or throttles. Resolves at INSYNC. */
  change(...batch: Change[]): Promise<void> {
    return this.changeIn(this.zoneId, ...batch);
  }

  async changeIn(zoneId: string, ...batch: Change[]): Promise<void> {
    for (;;) {
      try {
        return await this.zones.change(zoneId, batch).inSync;
      } catch (error) {
        if (!["PriorRequestNotComplete", "Throttling"].includes((error as { code: string }).code)) throw error;
        await this.context.clock.sleep(0.1);
      }
    }
  }

  /** The answers of all name servers: their addresses or other data, or the kind of the answer. */
  answers(name: string, type: Parameters<HostedZones["lookup"]>[2] = "A"): string[] {
    return NAME_SERVERS.map((_, server) => short(this.zones.lookup(server, name, type)));
  }
}

export const create = (record: RecordSet): Change => ({ action: "CREATE", record });
export const upsert = (record: RecordSet): Change => ({ action: "UPSERT", record });
export const remove = (record: RecordSet): Change => ({ action: "DELETE", record });

export function alias(name: string, dnsName: string, changes: object = {}): RecordSet {
  return {
    name,
    type: "A",
    content: { kind: "alias", dnsName, zoneId: ALB_ZONE, evaluateTargetHealth: false, ...changes },
  };
}

export function values(name: string, type: RecordSet["type"], ...texts: string[]): RecordSet {
  return { name, type, content: { kind: "values", ttlSeconds: 300, values: texts } };
}

function short(answer: DnsLookup): string {
  return answer.kind === "answer" ? answer.records.map((record) => record.data).join(" ") : answer.kind;
}
