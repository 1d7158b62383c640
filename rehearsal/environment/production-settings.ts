import { type Document, visit } from "yaml";
import { SECRET } from "../../components/settings/schema/forms";
import { ACCOUNT_ID } from "../cloud/kernel/account";
import { STATE_KEY } from "../cloud/services/kms";

/** What a rehearsal makes of settings that were written for AWS. */
export interface Rehearsable {
  /** What differs, one line each. */
  notes: string[];
  /** The secrets that the settings name, such as `ssm:/prod/key`: they exist in AWS only. */
  secrets: string[];
}

/** A key of Pulumi's that the rehearsal's key encrypted, as Pulumi.rehearsal.yaml has it. */
const ENCRYPTED_KEY =
  "N2EzZjFjNTItOWQwNC00ZTZiLThhNTctMmY2YzFlOWIwZDM4vCKyk7VZm/Lttf/zS4XssIKg8LsZKaOmujJyffVILECFOMSVCWigGvvqKTtypNktnZrDPotO/p4mwMQ8";
/** Messages go to real people, and web ACLs are not modelled. */
const LEFT_OUT = ["notify", "webAcl"];
/** Families of Graviton, and those with the same sizes and as much memory for the processor of this machine. */
const GRAVITON = /^(t4g|[cmr]\d+g[dn]*)\.(.+)$/;
const FAMILIES: Record<string, string> = { t: "t3", c: "c7i", m: "m7i", r: "r7i" };

/**
 * Changes a stack's settings for a rehearsal, where they name what only AWS has.
 * @param architecture this machine's, for which images are built here
 */
export function makeRehearsable(document: Document, architecture: "amd64" | "arm64"): Rehearsable {
  const notes: string[] = [];
  for (const key of LEFT_OUT) {
    const path = ["config", `aoshingo:${key}`];
    if (!document.hasIn(path)) continue;
    document.deleteIn(path);
    notes.push(`without ${key}`);
  }
  // A rehearsal deletes everything at its end.
  document.setIn(["config", "aoshingo:deletionProtection"], "false");
  if (document.hasIn(["config", "aoshingo:ci"]))
    document.setIn(["config", "aoshingo:ci", "secretsKey"], keyArn(document.getIn(["config", "aws:region"])));
  document.set("secretsprovider", `awskms://${STATE_KEY.alias}?region=${document.getIn(["config", "aws:region"])}`);
  document.set("encryptedkey", ENCRYPTED_KEY);
  const services = document.toJS().config?.["aoshingo:services"] as
    | Record<string, { instanceType?: string }>
    | undefined;
  for (const [name, { instanceType } = {}] of Object.entries(services ?? {})) {
    const [, family = "", size = ""] = GRAVITON.exec(instanceType ?? "") ?? [];
    if (architecture === "arm64" || family === "") continue;
    const other = FAMILIES[family[0]!]!;
    const instead = `${other}.${size === "medium" && other !== "t3" ? "large" : size}`;
    document.setIn(["config", "aoshingo:services", name, "instanceType"], instead);
    notes.push(`${name} on ${instead} instead of ${instanceType}, because images are built for ${architecture} here`);
  }
  const secrets = new Set<string>();
  visit(document, {
    Scalar: (_, { value }) => {
      if (typeof value === "string" && SECRET.test(value)) secrets.add(value);
    },
  });
  return { notes, secrets: [...secrets] };
}

function keyArn(region: unknown): string {
  return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${STATE_KEY.id}`;
}
