import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { DnsLookup, DnsZoneSource } from "../../../data-plane/dns/types";
import { beginChange } from "../../../faults/change-faults";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { isWithin, normalName } from "../../../kernel/dns-name";
import type { RecordsInZone } from "../../../kernel/ports";
import type { LoadBalancerNames } from "../../elb/model/load-balancer-names";
import { answerForLoadBalancer, answerFromZone, loadBalancerDomain, type Question } from "./answers";
import { applyBatch, type Change, namesOf } from "./change-batch";
import { describeRecordSets } from "./descriptions";
import { HostedZone } from "./hosted-zone";
import { NameServers, PRIVATE_NAME_SERVERS } from "./name-servers";
import { type RecordChange, RecordChanges } from "./record-changes";
import { keyOf, type RecordSet, type RecordType } from "./record-set";
import { RequestRate } from "./request-rate";
import { associate, closestTo, disassociate, refuseConflict } from "./vpc-associations";

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
  vpcs: DnsVpcs;
}

/** What Route 53 asks of VPCs. */
export interface DnsVpcs {
  find(vpcId: string): { enableDnsSupport: boolean; enableDnsHostnames: boolean } | undefined;
}

/** Route 53: hosted zones, their records, and what each name server answers to the public and to VPCs. */
export class HostedZones implements DnsZoneSource, RecordsInZone {
  readonly #context: CloudContext;
  readonly #loadBalancers: LoadBalancerNames;
  readonly #nameServers: NameServers;
  readonly #vpcs: DnsVpcs;
  readonly #zones = new Map<string, HostedZone>();
  readonly #changes: RecordChanges;
  readonly #rate: RequestRate;

  constructor(context: CloudContext, { zoneNames, nameServers, loadBalancers, vpcs }: HostedZonesParts) {
    this.#context = context;
    this.#loadBalancers = loadBalancers;
    this.#nameServers = new NameServers(nameServers);
    this.#vpcs = vpcs;
    this.#changes = new RecordChanges(context);
    this.#rate = new RequestRate(context.clock);
    for (const name of zoneNames) this.createZone(name, "");
  }

  /**
   * Two zones of one name are two zones, as on AWS.
   * @param vpcIds none for a public zone; where a private one is answered
   * @throws AwsError TooManyHostedZones, InvalidDomainName, InvalidVPCId, ConflictingDomainExists (R13-R14)
   */
  createZone(name: string, comment: string, vpcIds: readonly string[] = []): HostedZone {
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
    for (const vpcId of vpcIds) this.#refuseAssociation(zoneName, vpcId);
    const id = `Z0${this.#context.random.hex(18).toUpperCase()}`;
    const servers = vpcIds.length > 0 ? PRIVATE_NAME_SERVERS : this.#nameServers.names;
    const zone = new HostedZone(id, zoneName, comment, servers, vpcIds);
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

  /** @throws AwsError NoSuchHostedZone, PublicZoneVPCAssociation, InvalidVPCId, ConflictingDomainExists (R13-R14) */
  associateVpc(zoneId: string, vpcId: string): void {
    const zone = this.get(zoneId);
    if (zone.vpcIds.has(vpcId)) return;
    this.#refuseAssociation(zone.name, vpcId);
    associate(zone, vpcId);
  }

  /** @throws AwsError NoSuchHostedZone, VPCAssociationNotFound, LastVPCAssociation */
  disassociateVpc(zoneId: string, vpcId: string): void {
    disassociate(this.get(zoneId), vpcId);
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
    const records = applyBatch(zone.name, zone.records, batch, this.#loadBalancers);
    const changed = beginChange(this.#context, "failRecord", "ChangeResourceRecordSets", namesOf(batch));
    zone.records = records;
    zone.busy = true;
    void this.#context.clock.sleep(ACCEPTING_SECONDS).then(() => {
      zone.busy = false;
    });
    const change = this.#changes.start(zone, batch);
    changed();
    return change;
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

  /** What the public sees: private zones are not there. */
  lookup(nameServer: number, name: string, type: Question): DnsLookup {
    const { region } = this.#context;
    if (isWithin(name, loadBalancerDomain(region))) {
      return answerForLoadBalancer(name, type, region, this.#loadBalancers);
    }
    const own = this.#nameServers.answer(name, type);
    if (own) return own;
    const closest = closestTo(
      name,
      [...this.#zones.values()].filter((zone) => !zone.isPrivate),
    );
    if (!closest) return { kind: "refused" };
    return answerFromZone(closest, nameServer, name, type, this.#loadBalancers);
  }

  /**
   * What a VPC's resolver sees: the closest of its private zones, which hides the public ones also where it has no such name (R13-R14); where there
   * is none, what the public sees.
   * @param nameServer as for the public; a VPC's resolvers take changes at different moments too
   */
  lookupInVpc(vpcId: string, nameServer: number, name: string, type: Question): DnsLookup {
    const vpc = this.#vpcs.find(vpcId);
    if (!vpc?.enableDnsSupport) return { kind: "refused" };
    const zone = this.privateZoneOf(vpcId, name);
    return zone
      ? answerFromZone(zone, nameServer, name, type, this.#loadBalancers)
      : this.lookup(nameServer, name, type);
  }

  /** The private zone that answers for a name in a VPC; none while the VPC has DNS support or DNS host names switched off (R13). */
  privateZoneOf(vpcId: string, name: string): HostedZone | undefined {
    const vpc = this.#vpcs.find(vpcId);
    if (!vpc?.enableDnsSupport || !vpc.enableDnsHostnames) return undefined;
    return closestTo(
      name,
      [...this.#zones.values()].filter((zone) => zone.vpcIds.has(vpcId)),
    );
  }

  /** Changes that are still PENDING stay so. */
  close(): void {
    this.#changes.close();
  }

  #refuseAssociation(zoneName: string, vpcId: string): void {
    if (!this.#vpcs.find(vpcId)) {
      throw new AwsError(
        "InvalidVPCId",
        `The VPC: ${vpcId} in region ${this.#context.region} that you provided is not authorized to make the association, or does not exist.`,
      );
    }
    refuseConflict(zoneName, vpcId, this.#context.region, [...this.#zones.values()]);
  }
}
