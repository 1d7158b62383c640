import type { ExposureOutputs, StackOutputs } from "../../../components/live/outputs";
import { productionHost, testHost } from "../../../components/settings/host-names";
import { domainOf, recordOwners } from "../../../components/settings/own-hosts";
import type { Settings } from "../../../components/settings/settings";
import { checkAliases } from "../../observe/check-aliases";
import { type Check, type Examined, type Finding, ok, todo } from "../check";
import { remedyBetweenRuns } from "../last-run";

/**
 * What an alias of type A cannot be created beside: a record of its own type, and a CNAME, which shares its name with no
 * other (aws-rules R3, R6). A zone's own records and those of its mail are at the same name as a service's that takes the domain.
 */
const IN_THE_WAY = ["A", "CNAME"];

/**
 * Checks that each service's records point to the load balancer of its active colour, and that the name of a service that is
 * not in the stack yet has no record that is in its way.
 */
export const records: Check = {
  name: "records",
  async examine(examined) {
    const outputs = await examined.outputs();
    const [problems, taken] = await Promise.all([
      outputs === null ? [] : recordProblems(examined, outputs),
      namesTaken(examined, outputs ?? { services: {} }),
    ]);
    const corrected = "correct it with `pulumi refresh`, then `pulumi up`";
    const remedy = problems.length > 0 ? await remedyBetweenRuns(examined, corrected) : "";
    const findings = [
      ...problems.map((problem) => todo(problem, remedy)),
      ...taken.flatMap(({ name, types }) => findingsOf(name, types)),
    ];
    if (findings.length > 0) return findings;
    return [
      ok(
        outputs === null
          ? "the names of the services are free"
          : "each record points to the active colour; the names of new services are free",
      ),
    ];
  },
};

/** Returns the types that an alias for a service cannot be created beside. */
export function typesInTheWay(types: readonly string[]): string[] {
  return IN_THE_WAY.filter((type) => types.includes(type));
}

function findingsOf(name: string, types: readonly string[]): Finding[] {
  const inTheWay = typesInTheWay(types);
  return [
    ...(inTheWay.length > 0
      ? [
          todo(
            `${name} exists already (${inTheWay.join(", ")}), and the stack did not create it`,
            "delete or import this record first: otherwise `pulumi up` fails",
          ),
        ]
      : []),
    ...(types.includes("AAAA")
      ? [
          todo(
            `${name} has an AAAA record, and the stack did not create it`,
            "delete it, too: clients with IPv6 go to its address, and not to the service",
          ),
        ]
      : []),
  ];
}

async function recordProblems({ observer }: Examined, outputs: StackOutputs): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(outputs.live.services).flatMap(([name, { active, colours }]) =>
      name in outputs.services && colours[active].release ? [checkAliases(observer, active, name, outputs)] : [],
    ),
  );
  return problems.flat();
}

/** Returns the names of new services for which the zone has records already, with their types. */
async function namesTaken(
  { account, settings }: Examined,
  outputs: Pick<StackOutputs, "services" | "hostRecords">,
): Promise<{ name: string; types: string[] }[]> {
  const zones = Object.entries(newNames(settings.settings, outputs));
  const found = await Promise.all(
    zones.map(async ([domain, names]): Promise<Record<string, string[]>> => {
      const zone = await account.zone(domain);
      return zone === null ? {} : account.recordTypes(zone.id, names);
    }),
  );
  return found.flatMap((types) => Object.entries(types).map(([name, found]) => ({ name, types: found })));
}

/** Returns the public names that are in the settings and not in the stack yet, by the domain whose zone they are in. */
export function newNames(
  settings: Pick<Settings, "domain" | "furtherDomains" | "services">,
  { services, hostRecords = [] }: Pick<StackOutputs, "services" | "hostRecords">,
): Record<string, string[]> {
  const { domain } = settings;
  const named = Object.entries(settings.services)
    .filter(([, { exposure }]) => exposure.includes("public"))
    .flatMap(([name]) => [productionHost(name, domain), testHost(name, domain)]);
  // A name that a service or a host of the stack has keeps its record, whatever it becomes.
  const had = new Set([
    ...Object.values(services).flatMap(({ exposures }) => namesOf(exposures.public)),
    ...hostRecords.map(({ host }) => host),
  ]);
  const names = [...named, ...Object.keys(recordOwners(settings.services))].filter((name) => !had.has(name));
  const domains = [...new Set(names.map((name) => domainOf(name, settings)!))];
  return Object.fromEntries(domains.map((each) => [each, names.filter((name) => domainOf(name, settings) === each)]));
}

function namesOf(exposure: Pick<ExposureOutputs, "url" | "testUrl"> | undefined): string[] {
  return exposure ? [exposure.url, exposure.testUrl].map((url) => new URL(url).hostname) : [];
}
