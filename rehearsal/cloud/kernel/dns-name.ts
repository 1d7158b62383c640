/** Names are kept in lower case and without the last dot; Route 53's API writes them with it. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

export function apiName(name: string): string {
  return `${name}.`;
}

/** Whether a name is the zone's own or below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
