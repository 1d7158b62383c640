import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ArnParts, regionalArn } from "../core/arn";
import { mapValues } from "../core/map-values";
import { providerReason } from "../core/provider-reason";
import { parseReference } from "../core/secret-reference";
import { UserError } from "../core/user-error";
import type { Configuration } from "../live/configuration";
import { namedSecrets } from "../settings/named-secrets";
import type { Settings } from "../settings/settings";

/** ARNs of secrets in Secrets Manager by their reference, `secretsmanager:<name>`. */
export type FoundSecrets = Readonly<Record<string, string>>;

/**
 * Looks up the secrets in Secrets Manager that services name, because only Secrets Manager knows the last characters
 * of their ARNs. It never reads a value. (Parameters of SSM cannot be looked up without their values; a deploy checks
 * them.)
 *
 * @param isDeploy warn of those that are not found. What runs, and what a deploy brings, has the ARNs in its release's configuration,
 *   and a secret that somebody deleted must stop no rollback of another service.
 * @throws UserError otherwise, with a line for each secret that is not found
 */
export async function findSecrets(services: Settings["services"], isDeploy: boolean): Promise<FoundSecrets> {
  const wanted = Object.entries(services)
    .flatMap(([name, service]) => namedSecrets(name, service))
    // The program declares it itself.
    .filter(({ isDatabasePassword }) => !isDatabasePassword)
    .filter(({ reference }) => parseReference(reference).store === "secretsmanager");
  const found: Record<string, string> = {};
  const reasons: Record<string, string> = {};
  await Promise.all(
    [...new Set(wanted.map(({ reference }) => reference))].map(async (reference) => {
      try {
        found[reference] = (await aws.secretsmanager.getSecret({ name: parseReference(reference).name })).arn;
      } catch (error) {
        reasons[reference] = providerReason(error);
      }
    }),
  );
  const problems = wanted
    .filter(({ reference }) => reference in reasons)
    .map(({ path, reference }) => `${path}: given ${reference}, wanted a secret that exists: ${reasons[reference]}`);
  if (problems.length > 0 && !isDeploy) throw new UserError(problems.join("\n"));
  for (const problem of problems) void pulumi.log.warn(problem);
  return found;
}

/** What ECS reads a secret's value from, and what its role may read. */
export interface SecretSource {
  /**
   * The version that the release was deployed with, of a secret in Secrets Manager that does not rotate by itself (its
   * older versions stop being valid). Of an SSM parameter ECS always reads the newest version (aws-rules P8).
   */
  valueFrom: string;
  /** In full (aws-rules P6), without a version. */
  arn: string;
}

/**
 * By variable name. The ARN of an SSM parameter follows from its name. That of a password in a database, whose secret the
 * program itself declares, is known from there: here it may be without its end, or that of a secret which was deleted.
 */
export function secretSources(
  account: ArnParts,
  secrets: Configuration["secrets"],
  found: FoundSecrets,
): Record<string, SecretSource> {
  const arnByName = (reference: string) => {
    const { store, name } = parseReference(reference);
    if (store === "secretsmanager") return regionalArn(account, "secretsmanager", `secret:${name}`);
    return regionalArn(account, "ssm", `parameter/${reference.replace(/^ssm:\/?/, "")}`);
  };
  return mapValues(secrets, ({ from, arn = found[from], version, rotates = false }) => {
    if (arn === undefined) {
      const byName = arnByName(from);
      return { arn: byName, valueFrom: byName };
    }
    return { arn, valueFrom: version === "" || rotates ? arn : `${arn}:::${version}` };
  });
}
