const SECONDS_A_MINUTE = 60;

/** `45 s`, `2 min 30 s`; at least a second. */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < SECONDS_A_MINUTE) return `${whole} s`;
  const rest = whole % SECONDS_A_MINUTE;
  return `${Math.floor(whole / SECONDS_A_MINUTE)} min${rest === 0 ? "" : ` ${rest} s`}`;
}
