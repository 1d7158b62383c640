import { type Day, isInSpan, minuteOfWeek } from "../../components/core/week";
import type { Settings } from "../../components/settings/settings";

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
  return isInSpan({ start: minuteOf(from), end: minuteOf(to) }, minuteOf(wallClock(nowMs, zone)));
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
