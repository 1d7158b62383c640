import { resolveNs } from "node:dns/promises";
import { isStandIn } from "../../core/stand-in";
import { type Check, type Finding, ok, skipped, todo } from "../check";

/** Checks that the public DNS delegates each domain to the name servers of its zone in Route 53. */
export const delegation: Check = {
  name: "domain",
  async examine(examined) {
    const { domain, furtherDomains } = examined.settings.settings;
    if (isStandIn(examined.environment))
      return [skipped(`this is a stand-in for AWS, and the public DNS does not know ${domain}`)];
    return Promise.all(
      [domain, ...furtherDomains].map(async (name) => {
        const [zone, answered] = await Promise.all([examined.account.zone(name), nameServersOf(name)]);
        return delegationFinding(name, zone?.nameServers ?? null, answered);
      }),
    );
  },
};

/** Returns the name servers that the public DNS has for the domain; null if it does not know the domain. */
async function nameServersOf(domain: string): Promise<string[] | null> {
  try {
    return await resolveNs(domain);
  } catch (error) {
    if (["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/**
 * @param own name servers of the zone in Route 53; null if there is no zone
 * @param answered name servers in the public DNS; null if it does not know the domain
 */
export function delegationFinding(domain: string, own: string[] | null, answered: string[] | null): Finding {
  if (own === null)
    return todo(
      `Route 53 has no public hosted zone ${domain}`,
      "create it, and enter its name servers at the registrar",
    );
  const wanted = names(own);
  const remedy = `enter the name servers ${wanted.join(", ")} at the registrar or in the parent zone`;
  if (answered === null) return todo(`the public DNS does not know ${domain}`, remedy);
  const missing = wanted.filter((name) => !names(answered).includes(name));
  if (missing.length === 0) return ok(`${domain} is answered by its zone in Route 53`);
  return todo(`${domain} is answered by ${names(answered).join(", ")}, not by its zone in Route 53`, remedy);
}

function names(servers: readonly string[]): string[] {
  return servers.map((server) => server.toLowerCase().replace(/\.$/, "")).sort();
}
