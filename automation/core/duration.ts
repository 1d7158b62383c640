import { durationSeconds } from "../../components/core/duration";
import { UserError } from "../../components/core/user-error";

/**
 * Returns the milliseconds of a duration such as `90s`, `15m` or `1h`.
 * @throws UserError for anything else
 */
export function parseDuration(text: string): number {
  const seconds = durationSeconds(text);
  if (!seconds)
    throw new UserError(`"${text}" is not a duration: wanted a number with s, m or h, such as 90s, 15m or 1h`);
  return seconds * 1000;
}

/** `30 min`, `45 s`. */
export function minutesText(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
