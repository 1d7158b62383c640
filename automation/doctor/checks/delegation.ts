import { resolveNs } from "node:dns/promises";
import { type Check, type Finding, isStandIn, ok, skipped, todo } from "../check";

/** The domain's names are answered by the name servers of its zone in Route 53. */
export const delegation: Check = {
  name: "domain",
  async look(at) {
    const { domain } = at.settings.settings;
    if (isStandIn(at)) return [skipped(`a stand-in of AWS is asked: nobody else's DNS knows ${domain} there`)];
    const [zone, answered] = await Promise.all([at.account.zone(domain), nameServersOf(domain)]);
    return [judgeDelegation(domain, zone?.nameServers ?? null, answered)];
  },
};

/** Null if the public DNS has no such domain. */
async function nameServersOf(domain: string): Promise<string[] | null> {
  try {
    return await resolveNs(domain);
  } catch (error) {
    if (["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/**
 * @param own name servers of the zone in Route 53; null if there is none
 * @param answered what the public DNS says; null if it knows no such domain
 */
export function judgeDelegation(domain: string, own: string[] | null, answered: string[] | null): Finding {
  if (own === null)
    return todo(`Route 53 has no public hosted zone ${domain}`, "make it, and give its name servers to the registrar");
  const wanted = names(own);
  const told = `give ${wanted.join(", ")} to who answers for the domain above it`;
  if (answered === null) return todo(`the public DNS does not know ${domain}`, told);
  const missing = wanted.filter((name) => !names(answered).includes(name));
  if (missing.length === 0) return ok(`${domain} is answered by its zone in Route 53`);
  return todo(`${domain} is answered by ${names(answered).join(", ")}, not by its zone in Route 53`, told);
}

function names(servers: readonly string[]): string[] {
  return servers.map((server) => server.toLowerCase().replace(/\.$/, "")).sort();
}
