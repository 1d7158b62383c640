const MINUTES = "2026-11-25T09:30".length;

/** Returns a point in time in UTC, to the second and without separators, for names that sort by it: `20261125T093000Z`. */
export function compactTimeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Returns a point in time in UTC, to the minute: `2026-11-25 09:30`. */
export function dateTimeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, MINUTES).replace("T", " ");
}
