import { problem } from "../problem";
import { DEFAULT_ZONES } from "../schema/network";
import { asMap } from "./raw-service";

/** The settings that name an existing network. */
const EXISTING = ["vpc", "publicSubnets", "privateSubnets"];
/** The settings of a new one. */
const NEW = ["cidr", "zones", "availabilityZones", "nat", "flowLogs"];

/**
 * Problems of `network`: an existing VPC without its subnets or the other way round, settings of a new VPC beside it,
 * a subnet that is named as public and private, and fewer availability zones than the new one is to have. Defaults are not in the raw values, so they do not count as given.
 */
export function networkProblems(network: unknown): string[] {
  const values = asMap(network);
  const existing = EXISTING.filter((key) => values[key] !== undefined);
  const path = (key: string) => ["network", key];
  if (existing.length === 0) {
    const { availabilityZones: from, zones = DEFAULT_ZONES } = values;
    return Array.isArray(from) && typeof zones === "number" && from.length < zones
      ? [problem(path("availabilityZones"), from, `at least ${zones}, which is network.zones`)]
      : [];
  }
  const missing = EXISTING.filter((key) => values[key] === undefined).map((key) =>
    problem(path(key), undefined, `a value beside ${existing.join(" and ")}: an existing network has all three`),
  );
  const refused = NEW.filter((key) => values[key] !== undefined).map((key) =>
    problem(
      path(key),
      values[key],
      `no value: the network exists already (${existing.join(", ")}), and its owner decides`,
    ),
  );
  const [publics, privates] = [values.publicSubnets, values.privateSubnets].map((ids) =>
    Array.isArray(ids) ? ids : [],
  );
  const both = privates!
    .filter((id) => publics!.includes(id))
    .map((id) =>
      problem(path("privateSubnets"), id, "another subnet than publicSubnets: instances have no public address there"),
    );
  return [...missing, ...refused, ...both];
}
