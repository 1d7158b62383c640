import { z } from "zod";
import { NotReadyError } from "../../../kernel/aws-error";
import type { CloudClock } from "../../../kernel/clock";
import { isWithin, normalName } from "../../../kernel/dns-name";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Properties } from "../../../provider/wire";
import type { HostedZones } from "../model/hosted-zones";
import type { RecordSet } from "../model/record-set";
import { changeRecords, NotInSync } from "./change-records";

const inputs = z.object({
  zoneId: z.string().min(1),
  name: z.string().refine((name) => !name.includes("*"), "the rehearsal cloud has no wildcard records"),
  type: z.enum(["A", "AAAA", "CNAME", "TXT"]),
  ttl: z.number().int().optional(),
  records: z.array(z.string()).min(1).optional(),
  aliases: z
    .array(z.strictObject({ name: z.string(), zoneId: z.string(), evaluateTargetHealth: z.boolean() }))
    .length(1)
    .optional(),
  allowOverwrite: z.boolean().optional(),
});

type Inputs = z.output<typeof inputs>;

/** A record with simple routing. The arguments of other routing policies are refused as unknown. */
export function record(service: HostedZones, clock: CloudClock): ResourceType {
  return defineResource({
    token: "aws:route53/record:Record",
    awsCalls: {
      create: "route53:ChangeResourceRecordSets",
      read: "route53:ListResourceRecordSets",
      update: "route53:ChangeResourceRecordSets",
      delete: "route53:ChangeResourceRecordSets",
    },
    inputs,
    // A change of the type is one batch that deletes and creates (R4), not a replacement.
    optionalComputed: ["allowOverwrite"],
    replaceOn: ["zoneId", "name"],
    computed: ["fqdn"],
    validate,
    async create(given, { signal }) {
      const set = recordSetOf(given, service);
      const action = given.allowOverwrite ? "UPSERT" : "CREATE";
      const created = { id: idOf(given), outputs: outputsOf(set, given) };
      await changeRecords(service, clock, given.zoneId, [{ action, record: set }], signal).catch((error: Error) => {
        if (!(error instanceof NotInSync)) throw error;
        throw new NotReadyError(
          `waiting for Route 53 Record (${created.id}): ${error.message}`,
          created.id,
          created.outputs,
        );
      });
      return created;
    },
    async read(id, known) {
      const { zoneId, name, type } = { ...parseId(id), ...known } as Pick<Inputs, "zoneId" | "name" | "type">;
      const zone = service.find(zoneId);
      const found = zone && service.record(zoneId, fqdn(name, zone.name), type);
      return found ? { fqdn: found.name, zoneId, name, type, ...contentArguments(found, known) } : null;
    },
    async update(_id, given, old, { signal }) {
      const set = recordSetOf(given, service);
      const before = service.record(old.zoneId, recordSetOf(old, service).name, old.type);
      const removal = before && old.type !== given.type ? [{ action: "DELETE" as const, record: before }] : [];
      await changeRecords(service, clock, given.zoneId, [...removal, { action: "UPSERT", record: set }], signal);
      return outputsOf(set, given);
    },
    async delete(_id, outputs, { signal }) {
      const { zoneId, fqdn: name, type } = outputs as { zoneId: string; fqdn: string; type: Inputs["type"] };
      const found = service.record(zoneId, name, type);
      if (found) await changeRecords(service, clock, zoneId, [{ action: "DELETE", record: found }], signal);
    },
  });
}

/** The problems that the provider finds before it calls Route 53. */
function validate({ aliases, records, ttl }: Inputs): { property: string; reason: string }[] {
  if ((aliases === undefined) === (records === undefined)) {
    return [{ property: "records", reason: "one of `aliases,records` must be specified, and only one" }];
  }
  if (aliases && ttl !== undefined) {
    return [{ property: "ttl", reason: '"ttl": conflicts with aliases (an alias to a load balancer has 60 s, R1)' }];
  }
  if (records && ttl === undefined) {
    return [{ property: "ttl", reason: '"records": all of `records,ttl` must be specified' }];
  }
  return [];
}

function recordSetOf(given: Inputs, service: HostedZones): RecordSet {
  const name = fqdn(given.name, service.get(given.zoneId).name);
  const [alias] = given.aliases ?? [];
  if (alias) {
    const { zoneId, evaluateTargetHealth } = alias;
    const dnsName = normalName(alias.name);
    return { name, type: given.type, content: { kind: "alias", dnsName, zoneId, evaluateTargetHealth } };
  }
  const values = (given.records ?? []).map((value) => (given.type === "TXT" ? `"${value}"` : value));
  return { name, type: given.type, content: { kind: "values", ttlSeconds: given.ttl ?? 0, values } };
}

/** The full name. As the provider does, appends the zone's name unless the name ends with it. */
function fqdn(name: string, zone: string): string {
  const normal = normalName(name);
  if (normal === "") return zone;
  return isWithin(normal, zone) ? normal : `${normal}.${zone}`;
}

function idOf({ zoneId, name, type }: Inputs): string {
  return `${zoneId}_${normalName(name)}_${type}`;
}

function parseId(id: string): Properties {
  const [zoneId = "", name = "", type = ""] = /^([^_]+)_(.*)_([^_]+)$/.exec(id)?.slice(1) ?? [];
  return { zoneId, name, type };
}

function outputsOf(set: RecordSet, given: Inputs): Properties {
  return { fqdn: set.name, allowOverwrite: given.allowOverwrite ?? false };
}

function contentArguments({ type, content }: RecordSet, known: Properties): Properties {
  if (content.kind === "values") {
    const records = content.values.map((value) => (type === "TXT" ? value.replace(/^"|"$/g, "") : value));
    return { ttl: content.ttlSeconds, records };
  }
  const { dnsName, zoneId, evaluateTargetHealth } = content;
  const given = (known.aliases as { name: string }[] | undefined)?.[0]?.name;
  // The program may give the name in another case.
  const name = given !== undefined && normalName(given) === dnsName ? given : dnsName;
  return { aliases: [{ name, zoneId, evaluateTargetHealth }] };
}
