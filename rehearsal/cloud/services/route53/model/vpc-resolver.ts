import type { DnsLookup, DnsRecord } from "../../../data-plane/dns/types";
import type { CloudClock } from "../../../kernel/clock";
import type { VpcDns, VpcDnsAnswer } from "../../../kernel/ports";
import { MAX_CNAMES } from "./answers";
import type { HostedZones } from "./hosted-zones";

/** Name servers of a zone. Each has its own view of the zone. */
const VIEWS = 4;

interface CachedResolution {
  resolution: VpcDnsAnswer;
  /** Milliseconds of `performance.now()`. */
  untilMs: number;
}

/**
 * The resolver of each VPC, which AWS has at the VPC's base address plus two. It caches answers for their TTL, and
 * missing names for the negative TTL in their zone's SOA record (R12).
 */
export class VpcResolver implements VpcDns {
  readonly #zones: HostedZones;
  readonly #clock: CloudClock;
  /** By VPC and name. */
  readonly #cache = new Map<string, CachedResolution>();
  #turn = 0;

  constructor(zones: HostedZones, clock: CloudClock) {
    this.#zones = zones;
    this.#clock = clock;
  }

  /** @param name lower case, without the last dot */
  resolve(vpcId: string, name: string): VpcDnsAnswer {
    const key = `${vpcId} ${name}`;
    const cached = this.#cache.get(key);
    const now = performance.now();
    if (cached && cached.untilMs > now) return cached.resolution;
    const { resolution, ttlSeconds } = this.#query(vpcId, name);
    this.#cache.set(key, { resolution, untilMs: now + this.#clock.realMs(ttlSeconds) });
    return resolution;
  }

  /** Asks the name servers, and follows CNAME records from zone to zone. */
  #query(vpcId: string, name: string): { resolution: VpcDnsAnswer; ttlSeconds: number } {
    let ttlSeconds = Number.POSITIVE_INFINITY;
    let current = name;
    for (let links = 0; links < MAX_CNAMES; links += 1) {
      const answer = this.#zones.lookupInVpc(vpcId, this.#nextView(), current, "A");
      if (answer.kind !== "answer") return missing(answer, ttlSeconds);
      ttlSeconds = Math.min(ttlSeconds, ...answer.records.map((record) => record.ttlSeconds));
      const addresses = answer.records.filter(({ type }) => type === "A").map(({ data }) => data);
      if (addresses.length > 0) return { resolution: { kind: "addresses", addresses }, ttlSeconds };
      current = (answer.records.at(-1) as DnsRecord).data;
    }
    return { resolution: { kind: "noAddress" }, ttlSeconds };
  }

  #nextView(): number {
    this.#turn = (this.#turn + 1) % VIEWS;
    return this.#turn;
  }
}

function missing(
  answer: Exclude<DnsLookup, { kind: "answer" }>,
  ttlSeconds: number,
): { resolution: VpcDnsAnswer; ttlSeconds: number } {
  if (answer.kind === "refused") return { resolution: { kind: "refused" }, ttlSeconds: 0 };
  const { soa } = answer;
  const kind = answer.kind === "noSuchName" ? "noSuchName" : "noAddress";
  return { resolution: { kind }, ttlSeconds: Math.min(ttlSeconds, soa.ttlSeconds, soa.minimumSeconds) };
}
