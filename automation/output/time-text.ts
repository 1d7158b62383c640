const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3_600;
const SECONDS_PER_DAY = 86_400;

/** Returns how long ago something was, in one unit: `45 s`, `12 min`, `7 h`, `12 days`. */
export function ageText(seconds: number): string {
  if (seconds < SECONDS_PER_MINUTE) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < SECONDS_PER_HOUR) return `${Math.floor(seconds / SECONDS_PER_MINUTE)} min`;
  if (seconds < 2 * SECONDS_PER_DAY) return `${Math.floor(seconds / SECONDS_PER_HOUR)} h`;
  return `${Math.floor(seconds / SECONDS_PER_DAY)} days`;
}

/** Returns how long something takes, at least a second: `45 s`, `2 min 30 s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < SECONDS_PER_MINUTE) return `${whole} s`;
  const rest = whole % SECONDS_PER_MINUTE;
  return `${Math.floor(whole / SECONDS_PER_MINUTE)} min${rest === 0 ? "" : ` ${rest} s`}`;
}
