const SECONDS_A_MINUTE = 60;
const SECONDS_AN_HOUR = 3_600;
const SECONDS_A_DAY = 86_400;

/** How long ago, in one unit: `45 s`, `12 min`, `7 h`, `12 days`. */
export function ageText(seconds: number): string {
  if (seconds < SECONDS_A_MINUTE) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < SECONDS_AN_HOUR) return `${Math.floor(seconds / SECONDS_A_MINUTE)} min`;
  if (seconds < 2 * SECONDS_A_DAY) return `${Math.floor(seconds / SECONDS_AN_HOUR)} h`;
  return `${Math.floor(seconds / SECONDS_A_DAY)} days`;
}
