import { type Day, isInSpan, MINUTES_A_WEEK, minuteOfWeek } from "../../components/core/week";
import type { Settings } from "../../components/settings/settings";

const HOUR_MINUTES = 60;
const HOUR_MS = HOUR_MINUTES * 60_000;

export type FreezeWindow = Settings["freeze"][number];

/** The first window of the settings in which this instant is, by the clocks of the window's own zone; null if it is in none. */
export function freezeWindowAt(windows: readonly FreezeWindow[], nowMs: number): FreezeWindow | null {
  return windows.find((window) => isWithin(window, nowMs)) ?? null;
}

/** `from Fri 16:00 to Mon 08:00 in Asia/Tokyo` */
export function freezeWindowText({ from, to, zone }: FreezeWindow): string {
  return `from ${from} to ${to} in ${zone}`;
}

function isWithin({ from, to, zone }: FreezeWindow, nowMs: number): boolean {
  const span = { start: minuteOf(from), end: minuteOf(to) };
  return minutesAt(nowMs, zone).some((minute) => isInSpan(span, minute));
}

/**
 * The minutes of the week that a clock in the zone shows. An hour that comes twice, because clocks are set back, counts by both offsets: a
 * window that begins or ends in it does not open in between.
 */
function minutesAt(nowMs: number, zone: string): number[] {
  const now = minuteOf(wallClock(nowMs, zone));
  // The same time an hour away tells that this is the hour that comes twice.
  const others = [-1, 1].flatMap((hours) =>
    minuteOf(wallClock(nowMs + hours * HOUR_MS, zone)) === now ? [now - hours * HOUR_MINUTES] : [],
  );
  return [now, ...others].map((minute) => (minute + MINUTES_A_WEEK) % MINUTES_A_WEEK);
}

/** @param text such as `Fri 16:00` */
function minuteOf(text: string): number {
  const [day, time] = text.split(" ") as [Day, string];
  return minuteOfWeek(day, time);
}

/** What a clock in the zone shows, such as `Fri 16:00`. */
function wallClock(nowMs: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(nowMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)!.value;
  return `${part("weekday")} ${part("hour")}:${part("minute")}`;
}
