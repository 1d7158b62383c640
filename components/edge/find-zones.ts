import * as aws from "@pulumi/aws";
import { isDenied, providerReason } from "../core/provider-reason";
import { UserError } from "../core/user-error";
import type { LastOutputs } from "../live/program-outputs";
import { domainOf } from "../settings/own-hosts";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Settings } from "../settings/settings";

/**
 * Looks up the public hosted zones of the domain and of the further ones, before anything is declared.
 * @param known IDs by domain that are not looked up, such as those of the last run: a second zone of the name must stop no rollback
 * @returns their IDs by domain
 * @throws UserError with a line for each domain that has none, or several, or whose zone the caller may not look up
 */
export async function findZones(
  { domain, furtherDomains }: Pick<Settings, "domain" | "furtherDomains">,
  known: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const wanted: [path: string, name: string][] = [
    ["domain", domain],
    ...furtherDomains.map((name, place): [string, string] => [`furtherDomains.${place}`, name]),
  ];
  const problems: string[] = [];
  const found = await Promise.all(
    wanted.map(async ([path, name]) => {
      if (known[name] !== undefined) return [[name, known[name]] as const];
      try {
        return [[name, (await aws.route53.getZone({ name, privateZone: false })).zoneId] as const];
      } catch (error) {
        const reason = providerReason(error);
        problems.push(
          isDenied(reason)
            ? `${CONFIG_NAMESPACE}:${path}: given ${name}, whose hosted zone may not be looked up (${reason}), wanted the rights route53:ListHostedZones, route53:GetHostedZone and route53:ListTagsForResource; CI's role for previews gets them, for every zone, by \`pulumi up\``
            : `${CONFIG_NAMESPACE}:${path}: given ${name}, wanted a domain with one public hosted zone in Route 53 (${reason}): correct the name, or create the zone as docs/quick-start.md says`,
        );
        return [];
      }
    }),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return Object.fromEntries(found.flat());
}

/** IDs of the zones that the last run found, by domain; after an older program those that it had records in. */
export function zonesOfLastRun(
  settings: Pick<Settings, "domain" | "furtherDomains">,
  { zoneIds, services = {}, hostRecords = [] }: LastOutputs,
): Readonly<Record<string, string>> {
  if (zoneIds) return zoneIds;
  const named = Object.values(services).flatMap(({ exposures }) => exposures.public?.zoneId ?? []);
  const ofHosts = hostRecords.map(({ host, zoneId }) => [domainOf(host, settings), zoneId] as const);
  return Object.fromEntries([...ofHosts, ...named.map((zoneId) => [settings.domain, zoneId] as const)]);
}
