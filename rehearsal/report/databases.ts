import type { CloudEvent } from "../cloud/kernel/events";

/** What was not tried of databases, in words: each has a server of this machine in its place. */
export function notTriedOfDatabases(cloud: readonly CloudEvent[]): string[] {
  return cloud.flatMap((event) => {
    if (event.kind !== "database") return [];
    const { name, asked, version } = event;
    if (asked === null) return [`${name} as it is: a new server of version ${version} without its data stood for it`];
    return major(asked) === major(version) ? [] : [`${name} with version ${asked}: it was ${version}`];
  });
}

function major(version: string): number {
  return Number.parseInt(version, 10);
}
