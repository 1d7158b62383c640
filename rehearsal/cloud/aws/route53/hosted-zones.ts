import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { AwsError } from "../../aws-error";
import type { CloudContext } from "../../context";
import type { DnsLookup, DnsZoneSource } from "../../dns/types";
import type { LoadBalancerNames } from "../load-balancing/load-balancer-names";
import type { RecordsInZone } from "../ports";
import { answerForLoadBalancer, answerFromZone, loadBalancerDomain, type Question } from "./answers";
import { applyBatch, type Change } from "./change-batch";
import { describeRecordSets } from "./descriptions";
import { isWithin, normalName } from "./dns-name";
import { HostedZone } from "./hosted-zone";
import { NameServers } from "./name-servers";
import { type RecordChange, RecordChanges } from "./record-changes";
import { keyOf, type RecordSet, type RecordType } from "./record-set";
import { RequestRate } from "./request-rate";

/** AWS seconds that Route 53 takes to accept a change; a second one to the same zone is refused meanwhile (R7). */
const ACCEPTING_SECONDS = 0.2;
/** R11: adj. */
const MAX_ZONES = 500;

export interface HostedZonesParts {
  /** Zones that exist from the start: a domain is bought, not declared. */
  zoneNames: readonly string[];
  /** IPv4 addresses of the name servers, four on AWS; a name server's index is its place here. */
  nameServers: readonly string[];
  loadBalancers: LoadBalancerNames;
}

/** Route 53: public hosted zones, their records, and what each name server answers. */
export class HostedZones implements DnsZoneSource, RecordsInZone {
  readonly #context: CloudContext;
  readonly #loadBalancers: LoadBalancerNames;
  readonly #nameServers: NameServers;
  readonly #zones = new Map<string, HostedZone>();
  readonly #changes: RecordChanges;
  readonly #rate: RequestRate;

  constructor(context: CloudContext, { zoneNames, nameServers, loadBalancers }: HostedZonesParts) {
    this.#context = context;
    this.#loadBalancers = loadBalancers;
    this.#nameServers = new NameServers(nameServers);
    this.#changes = new RecordChanges(context);
    this.#rate = new RequestRate(context.clock);
    for (const name of zoneNames) this.createZone(name, "");
  }

  /** Two zones of one name are two zones, as on AWS. @throws AwsError TooManyHostedZones, InvalidDomainName */
  createZone(name: string, comment: string): HostedZone {
    const zoneName = normalName(name);
    if (!/^([a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$/.test(zoneName)) {
      throw new AwsError("InvalidDomainName", `The domain name '${name}' is not valid`);
    }
    if (this.#zones.size >= MAX_ZONES) {
      throw new AwsError(
        "TooManyHostedZones",
        `Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones`,
      );
    }
    const id = `Z0${this.#context.random.hex(18).toUpperCase()}`;
    const zone = new HostedZone(id, zoneName, comment, this.#nameServers.names);
    this.#zones.set(id, zone);
    return zone;
  }

  /** @throws AwsError NoSuchHostedZone, HostedZoneNotEmpty (R11) */
  deleteZone(id: string): void {
    const zone = this.get(id);
    if (zone.records.size > 0) {
      throw new AwsError(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
      );
    }
    this.#zones.delete(id);
  }

  /** @param id with or without `/hostedzone/` */
  find(id: string): HostedZone | undefined {
    return this.#zones.get(id.replace("/hostedzone/", ""));
  }

  /** @throws AwsError NoSuchHostedZone */
  get(id: string): HostedZone {
    const zone = this.find(id);
    if (!zone) throw new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
    return zone;
  }

  findByName(name: string): HostedZone[] {
    return [...this.#zones.values()].filter((zone) => zone.name === normalName(name));
  }

  /**
   * ChangeResourceRecordSets: all or none (R2). Returns at once, with the change PENDING.
   * @throws AwsError NoSuchHostedZone, InvalidChangeBatch (R1, R3, R6), PriorRequestNotComplete, Throttling (R7-R8)
   */
  change(zoneId: string, batch: readonly Change[]): RecordChange {
    this.#rate.admit();
    const zone = this.get(zoneId);
    if (zone.busy) {
      throw new AwsError(
        "PriorRequestNotComplete",
        "The request was rejected because Route 53 was still processing a prior request.",
      );
    }
    zone.records = applyBatch(zone.name, zone.records, batch, this.#loadBalancers);
    zone.busy = true;
    void this.#context.clock.sleep(ACCEPTING_SECONDS).then(() => {
      zone.busy = false;
    });
    return this.#changes.start(zone, batch);
  }

  /** GetChange. @param id with or without `/change/` @throws AwsError NoSuchChange, Throttling */
  getChange(id: string): RecordChange {
    this.#rate.admit();
    const change = this.#changes.find(id.replace("/change/", ""));
    if (!change) throw new AwsError("NoSuchChange", `Could not find resource with ID: ${id}`);
    return change;
  }

  /** ListResourceRecordSets, with NS and SOA. @throws AwsError NoSuchHostedZone, Throttling */
  listRecords(zoneId: string): ResourceRecordSet[] {
    this.#rate.admit();
    return describeRecordSets(this.get(zoneId));
  }

  /** One record set as the API knows it now; no request is counted. */
  record(zoneId: string, name: string, type: RecordType): RecordSet | undefined {
    return this.find(zoneId)?.records.get(keyOf({ name: normalName(name), type }));
  }

  publicRecord(name: string, type: string): string[] | undefined {
    const answer = this.lookup(0, normalName(name), type as Question);
    return answer.kind === "answer" ? answer.records.map((record) => record.data) : undefined;
  }

  lookup(nameServer: number, name: string, type: Question): DnsLookup {
    const { region } = this.#context;
    if (isWithin(name, loadBalancerDomain(region))) {
      return answerForLoadBalancer(name, type, region, this.#loadBalancers);
    }
    const own = this.#nameServers.answer(name, type);
    if (own) return own;
    const zones = [...this.#zones.values()].filter((zone) => isWithin(name, zone.name));
    const [closest] = zones.sort((one, two) => two.name.length - one.name.length);
    if (!closest) return { kind: "refused" };
    return answerFromZone(closest, nameServer, name, type, this.#loadBalancers);
  }

  /** Changes that are still PENDING stay so. */
  close(): void {
    this.#changes.close();
  }
}
