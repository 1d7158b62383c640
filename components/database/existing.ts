import * as aws from "@pulumi/aws";
import { providerReason } from "../core/provider-reason";
import { UserError } from "../core/user-error";
import { digestOf } from "../live/infrastructure";
import type { LastOutputs } from "../live/program-outputs";
import { CONFIG_NAMESPACE } from "../settings/problem";
import { type ExistingDatabase, existingOnes, type Settings } from "../settings/settings";
import type { DatabasePlace } from "./place";

/** The secret with a master user's password; `kmsKeyId` is empty for AWS's own key. */
type MasterSecret = Pick<aws.secretsmanager.GetSecretResult, "arn" | "kmsKeyId">;

/**
 * Looks the existing databases up, before anything is declared: the secrets with their master users' passwords, of which it
 * reads no value, and their security groups. What is in a secret and in a server only the function in the network sees.
 *
 * @param known secrets that are not looked up, by database, such as those of the last run: one that was deleted must stop no rollback
 * @throws UserError with a line for each thing that is not there
 */
export async function findExistingDatabases(
  { databases, network }: Pick<Settings, "databases" | "network">,
  known: Readonly<Record<string, MasterSecret>> = {},
): Promise<Readonly<Record<string, DatabasePlace>>> {
  const problems: string[] = [];
  const found = await Promise.all(
    Object.entries(existingOnes(databases)).map(async ([name, existing]) => {
      const path = `${CONFIG_NAMESPACE}:databases.${name}.existing`;
      if (Object.hasOwn(known, name)) return [[name, placeOf(name, existing, known[name]!)] as const];
      const [secret, groupProblems] = await Promise.all([
        findSecret(existing.secret),
        problemsOfGroup(existing.securityGroup, network, path),
      ]);
      problems.push(...groupProblems);
      if ("missing" in secret) {
        problems.push(`${path}.secret: given ${existing.secret}, wanted a secret that exists: ${secret.missing}`);
        return [];
      }
      return [[name, placeOf(name, existing, secret)] as const];
    }),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return Object.fromEntries(found.flat());
}

/** The secrets of the existing databases as the last run found them, by database. None once the settings of databases differ from those of that run. */
export function secretsOfLastRun({ databases }: Settings, last: LastOutputs): Record<string, MasterSecret> {
  if (digestOf(databases) !== last.applied?.infrastructure.databases) return {};
  return Object.fromEntries(
    Object.entries(last.databases ?? {}).flatMap(([name, had]) => {
      if (!("existing" in had) || had.existing.masterSecret === undefined) return [];
      const { masterSecret: arn, masterKey: kmsKeyId = "" } = had.existing;
      return [[name, { arn, kmsKeyId }] as const];
    }),
  );
}

function placeOf(
  name: string,
  { host, port, database, securityGroup, cidr, certificates }: ExistingDatabase,
  { arn, kmsKeyId }: MasterSecret,
): DatabasePlace {
  return {
    ...{ name, database, host, port },
    access: { outside: { port, ...(securityGroup === undefined ? { cidr } : { securityGroup }) } },
    masterSecretArn: arn,
    masterKey: kmsKeyId || undefined,
    certificates,
    identity: host,
    ready: [],
  };
}

async function findSecret(secret: string): Promise<MasterSecret | { missing: string }> {
  try {
    return await aws.secretsmanager.getSecret(secret.startsWith("arn:") ? { arn: secret } : { name: secret });
  } catch (error) {
    return { missing: providerReason(error) };
  }
}

/** A rule may name a security group of its own VPC, and with peering of another one, for which `cidr` is there. */
async function problemsOfGroup(
  id: string | undefined,
  network: Settings["network"],
  path: string,
): Promise<readonly string[]> {
  if (id === undefined) return [];
  try {
    const { vpcId } = await aws.ec2.getSecurityGroup({ id });
    if (!("vpc" in network) || vpcId === network.vpc) return [];
    return [
      `${path}.securityGroup: given ${id}, which is in ${vpcId}, wanted one of ${network.vpc}; for a server in another VPC that is connected with it, say cidr instead`,
    ];
  } catch (error) {
    return [`${path}.securityGroup: given ${id}, wanted a security group that exists: ${providerReason(error)}`];
  }
}
