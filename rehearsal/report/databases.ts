import type { CloudEvent, ExternalFacts } from "../cloud/kernel/events";

/** What was not tried of databases, in words: each has a server of this machine in its place. */
export function notTriedOfDatabases(cloud: readonly CloudEvent[]): string[] {
  return cloud.flatMap((event) => {
    if (event.kind !== "database") return [];
    const { name, asked, version, external } = event;
    const more = external ? [externalText(name, external)] : [];
    if (asked === null) {
      const what = external ? "database" : "server";
      return [`${name} as it is: a new ${what} of version ${version} without its data stood for it`, ...more];
    }
    return major(asked) === major(version) ? more : [`${name} with version ${asked}: it was ${version}`, ...more];
  });
}

/** A server that others may use, too, is not set as RDS sets its own. */
function externalText(name: string, { place, connections: { shared, asked }, trusts }: ExternalFacts): string {
  const differs = [
    "with TLS in front of it only",
    "without rds_superuser",
    "and a failover that cuts connections only",
  ];
  if (trusts) differs.unshift("without asking for passwords");
  if (shared < asked) differs.unshift(`with ${shared} connections for all, not ${asked} for it`);
  return `${name} on a server as RDS has them: it was in the one at ${place}, ${differs.join(", ")}`;
}

function major(version: string): number {
  return Number.parseInt(version, 10);
}
