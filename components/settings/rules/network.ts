import { problem } from "../problem";
import { asMap } from "./raw-service";

/** The settings that name an existing network. */
const EXISTING = ["vpc", "publicSubnets", "privateSubnets"];
/** The settings of a new one. */
const NEW = ["cidr", "zones", "nat", "flowLogs"];

/**
 * Problems of `network`: an existing VPC without its subnets or the other way round, settings of a new VPC beside it,
 * and a subnet that is named as public and private. Defaults are not in the raw values, so they do not count as given.
 */
export function networkProblems(network: unknown): string[] {
  const values = asMap(network);
  const existing = EXISTING.filter((key) => values[key] !== undefined);
  if (existing.length === 0) return [];
  const path = (key: string) => ["network", key];
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
