import { AwsError } from "../../../kernel/aws-error";
import { normalName } from "../../../kernel/dns-name";
import type { Change } from "../model/change-batch";
import type { RecordType } from "../model/record-set";

/**
 * Returns the changes in the body of ChangeResourceRecordSets. It knows plain records only: aliases come from the
 * provider, which does not send requests to this cloud.
 * @throws AwsError InvalidInput for an alias
 */
export function changesIn(xml: string): Change[] {
  return [...xml.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, change = ""]) => {
    const valuesOf = (name: string) =>
      [...change.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, value = ""]) => textOf(value));
    if (change.includes("<AliasTarget>"))
      throw new AwsError("InvalidInput", "the rehearsal cloud takes no AliasTarget in a request");
    return {
      action: valuesOf("Action")[0] as Change["action"],
      record: {
        name: normalName(valuesOf("Name")[0] ?? ""),
        type: valuesOf("Type")[0] as RecordType,
        content: { kind: "values", ttlSeconds: Number(valuesOf("TTL")[0]), values: valuesOf("Value") },
      },
    };
  });
}

function textOf(xml: string): string {
  return xml
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
