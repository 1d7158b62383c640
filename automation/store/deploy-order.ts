/**
 * Oldest first. By the lease's number at the end of an id, such as `20261125T093000Z-7`: the time before it is of the machine that deployed, whose clock
 * may be wrong.
 */
export function byAge(one: string, other: string): number {
  return fencingOf(one) - fencingOf(other) || (one < other ? -1 : Number(one > other));
}

function fencingOf(deploy: string): number {
  return Number(/-(\d+)$/.exec(deploy)?.[1] ?? 0);
}
