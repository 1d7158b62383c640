import { POSTGRES } from "../core/ports";
import { MAX_GROUP_RULES } from "./limits";
import { asMap } from "./rules/raw-service";

/** What a service may connect to. */
interface Reach {
  calls: readonly unknown[];
  egress: readonly unknown[];
  /** Absent without a database. */
  uses?: readonly unknown[];
}

/** Outbound rules of a service's security group: the first is for HTTPS. An existing database that `egress` names, too, counts twice. */
export function outboundRules({ calls, egress, uses = [] }: Reach): number {
  return 1 + calls.length + egress.length + uses.length;
}

/** Databases in one security group. */
interface DatabaseGroup {
  names: string[];
  /** Each has an inbound rule. The function that makes users has the others: one for each port. */
  maxUsers: number;
  /** What is counted, such as `services that use it`. */
  what: string;
}

/**
 * The security groups of databases: each of the stack's own has one, and existing ones may share one. One of which only the network is
 * known has none here: its owner lets the services in.
 *
 * @param databases the setting, as it was written or read
 */
export function databaseGroups(databases: unknown): DatabaseGroup[] {
  const groups = new Map<unknown, { names: string[]; ports: Set<unknown> }>();
  for (const [name, database] of Object.entries(asMap(databases))) {
    const { existing } = asMap(database);
    const { securityGroup, port = POSTGRES } = asMap(existing);
    if (existing !== undefined && securityGroup === undefined) continue;
    const group = groups.get(securityGroup ?? name) ?? { names: [], ports: new Set() };
    groups.set(securityGroup ?? name, { names: [...group.names, name], ports: group.ports.add(port) });
  }
  return [...groups.values()].map(({ names, ports }) => ({
    names,
    maxUsers: MAX_GROUP_RULES - ports.size,
    what: `services that use ${["it", ...names.slice(1)].join(" or ")}`,
  }));
}
