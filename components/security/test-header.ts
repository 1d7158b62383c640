import { randomBytes } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isDenied, providerReason } from "../core/provider-reason";
import { parseReference } from "../core/secret-reference";
import { UserError } from "../core/user-error";
import { digestOf } from "../live/infrastructure";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** A header by which testers reach the idle colour under the production name. */
export interface TestHeader {
  name: string;
  /** Secret. */
  value: pulumi.Output<string>;
  /** True if the value is not known: rules that stand keep what they have. */
  isUnknown?: true;
}

/**
 * No wildcards of listener rules, and too long to be guessed. A load balancer compares it without regard to case
 * (aws-rules E55), and a value in a condition has up to 128 characters (E17).
 */
const VALUE = /^[A-Za-z0-9_-]{20,128}$/;

/** Stands for a value that a preview may not read. */
const PLACEHOLDER = "value-that-this-preview-may-not-read";

/**
 * Reads the header's value from where it is kept. Listener rules need the value itself; in the state it is encrypted.
 *
 * CI's role for previews may read the value of the header that the last `up` had, and no other. So a preview that brings another one has a
 * placeholder and a warning: the rules change in any case.
 *
 * @param isDeploy warn instead of failing: a value that somebody deleted must stop no rollback. The header then has a value that nobody knows.
 * @param had digest of the setting that the last run applied; undefined without one
 * @returns undefined without the setting
 * @throws UserError otherwise, if there is no value, if the caller may not read it, or if it is one that is easy to guess or that a rule would not take
 * literally
 */
export async function readTestHeader(
  testHeader: Settings["testHeader"],
  { isDeploy, had }: { isDeploy: boolean; had: string | undefined },
): Promise<TestHeader | undefined> {
  if (testHeader === undefined) return undefined;
  try {
    return { name: testHeader.name, value: pulumi.secret(await checkedValue(testHeader, had)) };
  } catch (error) {
    if (!isDeploy) throw error;
    void pulumi.log.warn((error as UserError).message);
    return { name: testHeader.name, value: pulumi.secret(randomBytes(20).toString("hex")), isUnknown: true };
  }
}

async function checkedValue(testHeader: NonNullable<Settings["testHeader"]>, had: string | undefined): Promise<string> {
  const path = `${CONFIG_NAMESPACE}:testHeader.value`;
  let value: string;
  try {
    value = await secretValue(testHeader.value);
  } catch (error) {
    const reason = providerReason(error);
    if (!isDenied(reason))
      throw new UserError(`${path}: given ${testHeader.value}, wanted a secret that exists: ${reason}`);
    const denied = `${path}: given ${testHeader.value}, whose value may not be read (${reason})`;
    const right =
      parseReference(testHeader.value).store === "ssm" ? "ssm:GetParameter" : "secretsmanager:GetSecretValue";
    if (!pulumi.runtime.isDryRun() || digestOf(testHeader) === had)
      throw new UserError(
        `${denied}, wanted the right ${right} and, with a key of your own, kms:Decrypt; CI's role for previews gets them by \`pulumi up\``,
      );
    void pulumi.log.warn(`${denied}: this preview has a placeholder for it, \`pulumi up\` reads it`);
    value = PLACEHOLDER;
  }
  if (!VALUE.test(value))
    throw new UserError(
      `${path}: ${testHeader.value} has a value that is not shown, wanted 20 to 128 letters, digits, hyphens and underscores: put one there, such as by \`openssl rand -hex 20\``,
    );
  return value;
}

async function secretValue(reference: string): Promise<string> {
  const { store, name: kept } = parseReference(reference);
  if (store === "ssm") return (await aws.ssm.getParameter({ name: kept, withDecryption: true })).value;
  return (await aws.secretsmanager.getSecretVersion({ secretId: kept })).secretString;
}
