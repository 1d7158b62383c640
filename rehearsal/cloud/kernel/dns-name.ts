/** The name in the form that the cloud keeps: in lower case and without the last dot. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** The name as Route 53's API writes it, with the last dot. */
export function apiName(name: string): string {
  return `${name}.`;
}

/** Whether the name is the zone's name or a name below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
