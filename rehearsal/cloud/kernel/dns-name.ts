/** Returns a name as the cloud keeps it: in lower case, without the last dot. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** Returns a name as Route 53's API writes it: with the last dot. */
export function apiName(name: string): string {
  return `${name}.`;
}

/** True if a name is the zone's own or below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
