import * as aws from "@pulumi/aws";
import { providerReason } from "../core/provider-reason";
import { UserError } from "../core/user-error";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/**
 * Looks up the public hosted zones of the domain and of the further ones, before anything is declared.
 * @returns their IDs by domain
 * @throws UserError with a line for each domain that has none, or several
 */
export async function findZones({
  domain,
  furtherDomains,
}: Pick<Settings, "domain" | "furtherDomains">): Promise<Readonly<Record<string, string>>> {
  const wanted: [path: string, name: string][] = [
    ["domain", domain],
    ...furtherDomains.map((name, place): [string, string] => [`furtherDomains.${place}`, name]),
  ];
  const problems: string[] = [];
  const found = await Promise.all(
    wanted.map(async ([path, name]) => {
      try {
        return [[name, (await aws.route53.getZone({ name, privateZone: false })).zoneId] as const];
      } catch (error) {
        problems.push(
          `${CONFIG_NAMESPACE}:${path}: given ${name}, wanted a domain with one public hosted zone in Route 53 (${providerReason(error)}): correct the name, or create the zone as docs/quick-start.md says`,
        );
        return [];
      }
    }),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return Object.fromEntries(found.flat());
}
