export type RecordType = "A" | "AAAA" | "CNAME" | "TXT";

/** A resource record set with simple routing. */
export interface RecordSet {
  /** Lower case, without the last dot. */
  name: string;
  type: RecordType;
  content: RecordContent;
}

type RecordContent =
  | { kind: "values"; ttlSeconds: number; values: string[] }
  | { kind: "alias"; dnsName: string; zoneId: string; evaluateTargetHealth: boolean };

/** The identity of a record set in its zone (R4), for use as a key. */
export function keyOf({ name, type }: Pick<RecordSet, "name" | "type">): string {
  return `${name} ${type}`;
}

/** The values of a record set or the target of an alias, for events. */
export function targetOf({ content }: RecordSet): string {
  return content.kind === "alias" ? content.dnsName : content.values.join(", ");
}
