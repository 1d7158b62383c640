import { z } from "zod";
import { normalName } from "../../../kernel/dns-name";
import { unescaped } from "../../../protocols/xml";
import type { Change } from "../model/change-batch";

/** A change of a plain record. Aliases come from the provider, which sends no requests to this cloud. */
export const recordChange = z
  .strictObject({
    Action: z.enum(["CREATE", "DELETE", "UPSERT"]),
    ResourceRecordSet: z.strictObject({
      Name: z.string(),
      Type: z.enum(["A", "AAAA", "CNAME", "TXT"]),
      TTL: z.coerce.number(),
      ResourceRecords: z.array(z.strictObject({ Value: z.string() })),
    }),
  })
  .transform(
    ({ Action: action, ResourceRecordSet: { Name, Type: type, TTL: ttlSeconds, ResourceRecords } }): Change => {
      const values = ResourceRecords.map(({ Value }) => Value);
      return { action, record: { name: normalName(Name), type, content: { kind: "values", ttlSeconds, values } } };
    },
  );

/** Returns the changes in the body of ChangeResourceRecordSets, as the SDK has them. */
export function changesIn(xml: string): object[] {
  return [...xml.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, change = ""]) => {
    const valuesOf = (name: string) =>
      [...change.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, value = ""]) => unescaped(value));
    const [Action] = valuesOf("Action");
    const [Name] = valuesOf("Name");
    const [Type] = valuesOf("Type");
    const [TTL] = valuesOf("TTL");
    const ResourceRecords = valuesOf("Value").map((Value) => ({ Value }));
    const alias = change.includes("<AliasTarget>") ? { AliasTarget: {} } : {};
    return { Action, ResourceRecordSet: { Name, Type, TTL, ResourceRecords, ...alias } };
  });
}
