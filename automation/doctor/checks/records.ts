import type { StackOutputs } from "../../../components/live/outputs";
import { productionHost, testHost } from "../../../components/settings/host-names";
import type { Settings } from "../../../components/settings/settings";
import { checkAliases } from "../../observe/check-aliases";
import { type Check, type Examined, ok, skipped, todo } from "../check";

/** Records of the services lead where they shall, and nobody else's is in the way of those that are to come. */
export const records: Check = {
  name: "records",
  async look(at) {
    const outputs = await at.outputs();
    if (outputs === null) return [skipped("the stack has no infrastructure yet")];
    const [astray, taken] = await Promise.all([recordsAstray(at, outputs), namesTaken(at, outputs)]);
    const findings = [
      ...astray.map((fault) =>
        todo(fault, "`pulumi refresh`, then `pulumi up`, leads it back; a deploy that runs may be on its way"),
      ),
      ...taken.map(({ name, types }) =>
        todo(
          `${name} exists already (${types.join(", ")}), and the stack has not made it`,
          "delete or import it before `pulumi up`, which would be refused",
        ),
      ),
    ];
    return findings.length > 0 ? findings : [ok("each leads where it shall; no other is in the way")];
  },
};

async function recordsAstray({ observer }: Examined, { live, services, edges }: StackOutputs): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(live.services).flatMap(([name, { active, colours }]) => {
      const service = services[name];
      return service && colours[active].release ? [checkAliases(observer, active, service, edges)] : [];
    }),
  );
  return faults.flat();
}

/** Public names of services that are in the settings and not in the stack yet. */
async function namesTaken({ account, settings }: Examined, outputs: StackOutputs) {
  const names = newNames(settings.settings, outputs);
  if (names.length === 0) return [];
  const zone = await account.zone(settings.settings.domain);
  if (zone === null) return [];
  const types = await account.recordTypes(zone.id, names);
  return Object.entries(types).map(([name, found]) => ({ name, types: found }));
}

export function newNames(
  { domain, services }: Pick<Settings, "domain" | "services">,
  outputs: Pick<StackOutputs, "services">,
): string[] {
  return Object.entries(services)
    .filter(([name, { exposure }]) => !(name in outputs.services) && exposure.includes("public"))
    .flatMap(([name]) => [productionHost(name, domain), testHost(name, domain)]);
}
