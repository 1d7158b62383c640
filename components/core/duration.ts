const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600 };

/** Returns the seconds of a duration such as `90s`, `15m`, `1h` or `0s`; null for any other text. */
export function durationSeconds(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? null : Number(count) * UNITS[unit]!;
}
