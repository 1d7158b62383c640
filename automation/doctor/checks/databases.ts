import { lookup } from "node:dns/promises";
import { type ExistingDatabase, existingOnes } from "../../../components/settings/settings";
import { isStandIn } from "../../core/stand-in";
import { type Check, type Examined, type Finding, ok, skipped, todo } from "../check";

/**
 * Checks of databases that existed before what can be seen from outside their network, without a value of a secret. The rest
 * the function in the network sees when `pulumi up` makes a user.
 */
export const databases: Check = {
  name: "databases",
  async examine(examined) {
    const existing = Object.entries(existingOnes(examined.settings.settings.databases));
    return (await Promise.all(existing.map(([name, one]) => findingsOf(name, one, examined)))).flat();
  },
};

async function findingsOf(name: string, { host, secret }: ExistingDatabase, examined: Examined): Promise<Finding[]> {
  const path = `aoshingo:databases.${name}.existing`;
  const [hasSecret, isKnown] = await Promise.all([
    examined.account.hasSecret(secret),
    isStandIn(examined.environment) ? null : isResolved(host),
  ]);
  return [
    hasSecret
      ? ok(`${name}: the secret ${secret} is there`)
      : todo(
          `${name}: Secrets Manager has no secret ${secret} here`,
          `make it with the master user's username and password, or correct ${path}.secret`,
        ),
    hostFinding(name, host, isKnown),
  ];
}

/** @param isKnown null where this machine's DNS says nothing of it */
export function hostFinding(name: string, host: string, isKnown: boolean | null): Finding {
  if (isKnown === null) return skipped(`${name}: this is a stand-in for AWS, and the public DNS does not know ${host}`);
  if (isKnown) return ok(`${name}: ${host} has an address`);
  return skipped(
    `${name}: this machine finds no address of ${host}. If that name is not one of the VPC's own, correct aoshingo:databases.${name}.existing.host`,
  );
}

function isResolved(host: string): Promise<boolean> {
  return lookup(host).then(
    () => true,
    () => false,
  );
}
