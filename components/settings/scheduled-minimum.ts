import { DAYS, type Day, isInSpan, MINUTES_A_DAY, MINUTES_A_WEEK, minuteOfWeek } from "../core/week";
import type { ScheduledMinimum } from "./schema/size";

/** A time of the week at which the least number of instances changes. */
export interface MinimumChange {
  /** The days on which it does, from Monday. */
  days: Day[];
  /** Time of the day, such as `08:00`, by the clocks of the schedule's time zone. */
  time: string;
  /** The least number of instances from then on. */
  min: number;
}

/**
 * Returns the changes of the least number of instances in a week: from `min` to that of the schedule and back. They are in the order of their times of
 * the day. There is none without a schedule, and none if the schedule gives one number for the whole week.
 */
export function minimumChanges({
  min,
  schedule,
}: {
  min: number;
  schedule: readonly ScheduledMinimum[];
}): MinimumChange[] {
  const windows = schedule.flatMap(({ days, from, to, min: wanted }) =>
    days.map((day) => windowOf(day, from, to, wanted)),
  );
  const minimumAt = (minute: number) =>
    Math.max(min, ...windows.filter((window) => isInSpan(window, minute)).map((window) => window.min));
  const boundaries = [...new Set(windows.flatMap(({ start, end }) => [start, end]))].sort((one, two) => one - two);
  const changes = new Map<string, MinimumChange>();
  for (const minute of boundaries) {
    const wanted = minimumAt(minute);
    if (wanted === minimumAt((minute - 1 + MINUTES_A_WEEK) % MINUTES_A_WEEK)) continue;
    const time = timeOfDay(minute);
    const change = changes.get(`${time} ${wanted}`) ?? { days: [], time, min: wanted };
    change.days.push(DAYS[Math.floor(minute / MINUTES_A_DAY)]!);
    changes.set(`${time} ${wanted}`, change);
  }
  return [...changes.values()].sort((one, two) => one.time.localeCompare(two.time));
}

/** True if the least number of instances changes by itself at times of the week. */
export function hasSchedule({ schedule }: { schedule: readonly ScheduledMinimum[] }): boolean {
  return schedule.length > 0;
}

interface Window {
  /** Minute of the week. */
  start: number;
  /** The minute of the week after the last one. It is before `start` for a window that goes over the end of the week. */
  end: number;
  min: number;
}

function windowOf(day: Day, from: string, to: string, min: number): Window {
  const start = minuteOfWeek(day, from);
  const sameDay = minuteOfWeek(day, to);
  const end = sameDay > start ? sameDay : sameDay + MINUTES_A_DAY;
  return { start, end: end % MINUTES_A_WEEK, min };
}

function timeOfDay(minute: number): string {
  const ofDay = minute % MINUTES_A_DAY;
  const digits = (value: number) => String(value).padStart(2, "0");
  return `${digits(Math.floor(ofDay / 60))}:${digits(ofDay % 60)}`;
}
