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

/** What makes a record set the same one (R4); also its key in maps. */
export function keyOf({ name, type }: Pick<RecordSet, "name" | "type">): string {
  return `${name} ${type}`;
}

/** For people: where it points. */
export function targetOf({ content }: RecordSet): string {
  return content.kind === "alias" ? content.dnsName : content.values.join(", ");
}
