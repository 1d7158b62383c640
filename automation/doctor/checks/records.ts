import type { StackOutputs } from "../../../components/live/outputs";
import { productionHost, testHost } from "../../../components/settings/host-names";
import type { Settings } from "../../../components/settings/settings";
import { checkAliases } from "../../observe/check-aliases";
import { type Check, type Examined, ok, skipped, todo } from "../check";

/**
 * Checks that each service's records point to the load balancer of its active colour, and that no other record has the
 * name of a service that is not in the stack yet.
 */
export const records: Check = {
  name: "records",
  async examine(examined) {
    const outputs = await examined.outputs();
    if (outputs === null) return [skipped("the stack has no infrastructure yet")];
    const [problems, taken] = await Promise.all([recordProblems(examined, outputs), namesTaken(examined, outputs)]);
    const findings = [
      ...problems.map((problem) =>
        todo(problem, "correct it with `pulumi refresh`, then `pulumi up`, unless a deploy is changing it right now"),
      ),
      ...taken.map(({ name, types }) =>
        todo(
          `${name} exists already (${types.join(", ")}), and the stack did not create it`,
          "delete or import it first: otherwise `pulumi up` fails",
        ),
      ),
    ];
    return findings.length > 0
      ? findings
      : [ok("each record points to the active colour; the names of new services are free")];
  },
};

async function recordProblems({ observer }: Examined, { live, services, edges }: StackOutputs): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(live.services).flatMap(([name, { active, colours }]) => {
      const service = services[name];
      return service && colours[active].release ? [checkAliases(observer, active, service, edges)] : [];
    }),
  );
  return problems.flat();
}

/** Returns the names of new services for which the zone has a record already. */
async function namesTaken({ account, settings }: Examined, outputs: StackOutputs) {
  const names = newNames(settings.settings, outputs);
  if (names.length === 0) return [];
  const zone = await account.zone(settings.settings.domain);
  if (zone === null) return [];
  const types = await account.recordTypes(zone.id, names);
  return Object.entries(types).map(([name, found]) => ({ name, types: found }));
}

/** Returns the public names of the services that are in the settings and not in the stack yet. */
export function newNames(
  { domain, services }: Pick<Settings, "domain" | "services">,
  outputs: Pick<StackOutputs, "services">,
): string[] {
  return Object.entries(services)
    .filter(([name, { exposure }]) => !(name in outputs.services) && exposure.includes("public"))
    .flatMap(([name]) => [productionHost(name, domain), testHost(name, domain)]);
}
