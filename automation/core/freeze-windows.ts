import type { Settings } from "../../components/settings/settings";

export type FreezeWindow = Settings["freeze"][number];

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MINUTES_A_DAY = 24 * 60;

/** The first window of the settings in which this instant is, by the clocks of the window's own zone; null if it is in none. */
export function freezeWindowAt(windows: readonly FreezeWindow[], nowMs: number): FreezeWindow | null {
  return windows.find((window) => isWithin(window, nowMs)) ?? null;
}

/** `from Fri 16:00 to Mon 08:00 in Asia/Tokyo` */
export function freezeWindowText({ from, to, zone }: FreezeWindow): string {
  return `from ${from} to ${to} in ${zone}`;
}

/** A window that ends earlier in the week than it begins goes over the end of the week. */
function isWithin({ from, to, zone }: FreezeWindow, nowMs: number): boolean {
  const [start, end, now] = [minuteOfWeek(from), minuteOfWeek(to), minuteOfWeek(wallClock(nowMs, zone))];
  return start < end ? start <= now && now < end : now >= start || now < end;
}

/** @param text such as `Fri 16:00` */
function minuteOfWeek(text: string): number {
  const [day, hours, minutes] = text.split(/[ :]/) as [string, string, string];
  return DAYS.indexOf(day) * MINUTES_A_DAY + Number(hours) * 60 + Number(minutes);
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
