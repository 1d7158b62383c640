import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { providerReason } from "../core/provider-reason";
import { parseReference } from "../core/secret-reference";
import { UserError } from "../core/user-error";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** A header by which testers reach the idle colour under the production name. */
export interface TestHeader {
  name: string;
  /** Secret. */
  value: pulumi.Output<string>;
}

/**
 * No wildcards of listener rules, and too long to be guessed. A load balancer compares it without regard to case
 * (aws-rules E55), and a value in a condition has up to 128 characters (E17).
 */
const VALUE = /^[A-Za-z0-9_-]{20,128}$/;

/**
 * Reads the header's value from where it is kept. Listener rules need the value itself; in the state it is encrypted.
 *
 * @returns undefined without the setting
 * @throws UserError if there is no value, or one that is easy to guess or that a rule would not take literally
 */
export async function readTestHeader(testHeader: Settings["testHeader"]): Promise<TestHeader | undefined> {
  if (testHeader === undefined) return undefined;
  const path = `${CONFIG_NAMESPACE}:testHeader.value`;
  let value: string;
  try {
    value = await secretValue(testHeader.value);
  } catch (error) {
    throw new UserError(`${path}: given ${testHeader.value}, wanted a secret that exists: ${providerReason(error)}`);
  }
  if (!VALUE.test(value))
    throw new UserError(
      `${path}: ${testHeader.value} has a value that is not shown, wanted 20 to 128 letters, digits, hyphens and underscores: put one there, such as by \`openssl rand -hex 20\``,
    );
  return { name: testHeader.name, value: pulumi.secret(value) };
}

async function secretValue(reference: string): Promise<string> {
  const { store, name: kept } = parseReference(reference);
  if (store === "ssm") return (await aws.ssm.getParameter({ name: kept, withDecryption: true })).value;
  return (await aws.secretsmanager.getSecretVersion({ secretId: kept })).secretString;
}
