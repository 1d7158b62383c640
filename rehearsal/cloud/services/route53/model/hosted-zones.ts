import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { DnsLookup, DnsZoneSource } from "../../../data-plane/dns/types";
import { beginChange } from "../../../faults/change-faults";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { isWithin, normalName } from "../../../kernel/dns-name";
import type { RecordsInZone } from "../../../kernel/ports";
import type { LoadBalancerDnsNames } from "../../elb/model/load-balancer-dns-names";
import { answerForLoadBalancer, answerFromZone, loadBalancerDomain, type Question } from "./answers";
import { applyBatch, type Change, namesOf } from "./change-batch";
import { describeRecordSets } from "./descriptions";
import { HostedZone } from "./hosted-zone";
import { NameServers, PRIVATE_NAME_SERVERS } from "./name-servers";
import { type RecordChange, RecordChanges } from "./record-changes";
import { keyOf, type RecordSet, type RecordType } from "./record-set";
import { RequestRate } from "./request-rate";
import { associate, closestTo, disassociate, refuseConflict } from "./vpc-associations";

/** AWS seconds that Route 53 takes to accept a change. Meanwhile it refuses another change to the same zone (R7). */
const ACCEPTING_SECONDS = 0.2;
/** Quota per account; AWS raises it on request (R11). */
const MAX_ZONES = 500;

export interface HostedZonesParts {
  /** Names of the zones that exist from the start, like the zone of a registered domain. */
  zoneNames: readonly string[];
  /** IPv4 addresses of the name servers, four on AWS. A name server's index is its position here. */
  nameServers: readonly string[];
  loadBalancers: LoadBalancerDnsNames;
  vpcs: DnsVpcs;
}

/** The part of VPCs that Route 53 needs. */
export interface DnsVpcs {
  find(vpcId: string): { enableDnsSupport: boolean; enableDnsHostnames: boolean } | undefined;
}

/** Route 53: hosted zones, their records, and the answers of each name server to the public and to VPCs. */
export class HostedZones implements DnsZoneSource, RecordsInZone {
  readonly #context: CloudContext;
  readonly #loadBalancers: LoadBalancerDnsNames;
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
   * Creates a zone. Several zones can have the same name, as on AWS.
   * @param vpcIds the VPCs of a private zone; empty for a public zone
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
    return orNotFound(this.find(id), "NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
  }

  findByName(name: string): HostedZone[] {
    return [...this.#zones.values()].filter((zone) => zone.name === normalName(name));
  }

  /**
   * Performs ChangeResourceRecordSets, which applies all changes or none (R2). Returns at once, with the change
   * PENDING.
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

  /**
   * Performs GetChange.
   * @param id with or without `/change/`
   * @throws AwsError NoSuchChange, Throttling
   */
  getChange(id: string): RecordChange {
    this.#rate.admit();
    return orNotFound(
      this.#changes.find(id.replace("/change/", "")),
      "NoSuchChange",
      `Could not find resource with ID: ${id}`,
    );
  }

  /**
   * Performs ListResourceRecordSets, with NS and SOA.
   * @throws AwsError NoSuchHostedZone, Throttling
   */
  listRecords(zoneId: string): ResourceRecordSet[] {
    this.#rate.admit();
    return describeRecordSets(this.get(zoneId));
  }

  /** One record set as the API lists it now. Does not count towards the request limit. */
  record(zoneId: string, name: string, type: RecordType): RecordSet | undefined {
    return this.find(zoneId)?.records.get(keyOf({ name: normalName(name), type }));
  }

  publicRecord(name: string, type: string): string[] | undefined {
    const answer = this.lookup(0, normalName(name), type as Question);
    return answer.kind === "answer" ? answer.records.map((record) => record.data) : undefined;
  }

  /** The answer of a public name server, from public zones only. */
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
   * The answer that a VPC's resolver gets. The closest private zone of the VPC answers, even if it does not have the
   * name and a public zone does (R13-R14). If there is no private zone, the public name server answers.
   * @param nameServer the index of a view: changes also reach a private zone's views at different moments
   */
  lookupInVpc(vpcId: string, nameServer: number, name: string, type: Question): DnsLookup {
    const vpc = this.#vpcs.find(vpcId);
    if (!vpc?.enableDnsSupport) return { kind: "refused" };
    const zone = this.privateZoneOf(vpcId, name);
    return zone
      ? answerFromZone(zone, nameServer, name, type, this.#loadBalancers)
      : this.lookup(nameServer, name, type);
  }

  /** The private zone that answers for a name in a VPC. None does while DNS support or DNS hostnames are off (R13). */
  privateZoneOf(vpcId: string, name: string): HostedZone | undefined {
    const vpc = this.#vpcs.find(vpcId);
    if (!vpc?.enableDnsSupport || !vpc.enableDnsHostnames) return undefined;
    return closestTo(
      name,
      [...this.#zones.values()].filter((zone) => zone.vpcIds.has(vpcId)),
    );
  }

  /** Ends every wait. Changes that are PENDING stay PENDING. */
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
