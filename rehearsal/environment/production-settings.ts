import { type Document, visit } from "yaml";
import { SECRET } from "../../components/settings/schema/forms";
import { ACCOUNT_ID } from "../cloud/kernel/account";
import { STATE_KEY } from "../cloud/services/kms";
import type { Architecture } from "../images/architecture";

/** What a rehearsal makes of settings that were written for AWS. */
export interface Rehearsable {
  /** What of them is not rehearsed, in words. */
  notTried: string[];
  /** The secrets that the settings name, such as `ssm:/prod/key`: they exist in AWS only. */
  secrets: string[];
}

/** A key of Pulumi's that the rehearsal's key encrypted, as Pulumi.rehearsal.yaml has it. */
const ENCRYPTED_KEY =
  "N2EzZjFjNTItOWQwNC00ZTZiLThhNTctMmY2YzFlOWIwZDM4vCKyk7VZm/Lttf/zS4XssIKg8LsZKaOmujJyffVILECFOMSVCWigGvvqKTtypNktnZrDPotO/p4mwMQ8";
/** Messages go to real people, web ACLs are not modelled, and the account here has other availability zones. */
const LEFT_OUT = [["notify"], ["webAcl"], ["network", "availabilityZones"]];
/** Families of Graviton, and those with the same sizes and as much memory for the processor of this machine. */
const GRAVITON = /^(t4g|[cmr]\d+g[dn]*)\.(.+)$/;
const FAMILIES: Record<string, string> = { t: "t3", c: "c7i", m: "m7i", r: "r7i" };

/**
 * Changes a stack's settings for a rehearsal, where they name what only AWS has.
 * @param builtHere the services whose images are built for this machine's processor, because nothing asks for another one
 * @param architecture this machine's
 */
export function makeRehearsable(
  document: Document,
  builtHere: readonly string[],
  architecture: Architecture,
): Rehearsable {
  const notTried: string[] = [];
  for (const [key, ...keys] of LEFT_OUT) {
    const path = ["config", `aoshingo:${key}`, ...keys];
    if (!document.hasIn(path)) continue;
    document.deleteIn(path);
    notTried.push([key, ...keys].join("."));
  }
  // A rehearsal deletes everything at its end.
  document.setIn(["config", "aoshingo:deletionProtection"], "false");
  if (document.hasIn(["config", "aoshingo:ci"]))
    document.setIn(["config", "aoshingo:ci", "secretsKey"], keyArn(document.getIn(["config", "aws:region"])));
  document.set("secretsprovider", `awskms://${STATE_KEY.alias}?region=${document.getIn(["config", "aws:region"])}`);
  document.set("encryptedkey", ENCRYPTED_KEY);
  for (const name of gravitonServices(document)) {
    if (architecture === "arm64" || !builtHere.includes(name)) continue;
    const path = ["config", "aoshingo:services", name, "instanceType"];
    const instanceType = String(document.getIn(path));
    const [, family = "", size = ""] = GRAVITON.exec(instanceType)!;
    const other = FAMILIES[family[0]!]!;
    const instead = `${other}.${size === "medium" && other !== "t3" ? "large" : size}`;
    document.setIn(path, instead);
    notTried.push(`${name} on ${instanceType}, it was ${instead}: images are built for ${architecture} here`);
  }
  const secrets = new Set<string>();
  visit(document, {
    Scalar: (_, { value }) => {
      if (typeof value === "string" && SECRET.test(value)) secrets.add(value);
    },
  });
  for (const secret of secrets) notTried.push(`the secret ${secret}, whose value was made up`);
  return { notTried, secrets: [...secrets] };
}

/** Returns the services whose instances have a processor of Graviton. */
export function gravitonServices(document: Document): string[] {
  const services: Record<string, { instanceType?: string } | null> =
    document.toJS().config?.["aoshingo:services"] ?? {};
  return Object.keys(services).filter((name) => GRAVITON.test(services[name]?.instanceType ?? ""));
}

function keyArn(region: unknown): string {
  return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${STATE_KEY.id}`;
}
