import { UserError } from "../../components/core/user-error";

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Returns the milliseconds of a duration such as `90s`, `15m` or `1h`.
 * @throws UserError for anything else
 */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined || Number(count) === 0)
    throw new UserError(`"${text}" is not a duration: wanted a number with s, m or h, such as 90s, 15m or 1h`);
  return Number(count) * UNITS[unit]!;
}
