/** Days of the week as settings name them, from Monday. */
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
export type Day = (typeof DAYS)[number];

export const MINUTES_A_DAY = 24 * 60;
export const MINUTES_A_WEEK = DAYS.length * MINUTES_A_DAY;

/**
 * Returns the minutes from Monday 00:00 to this time of the week.
 * @param time such as `16:00`; `24:00` is the end of the day
 */
export function minuteOfWeek(day: Day, time: string): number {
  const [hours, minutes] = time.split(":");
  return DAYS.indexOf(day) * MINUTES_A_DAY + Number(hours) * 60 + Number(minutes);
}

/** Whether a minute of the week is in a span of it. A span that ends before it begins goes over the end of the week. */
export function isInSpan({ start, end }: { start: number; end: number }, minute: number): boolean {
  return start < end ? start <= minute && minute < end : minute >= start || minute < end;
}
