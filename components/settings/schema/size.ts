import { z } from "zod";
import { DAYS } from "../../core/week";
import { list, object, oneOf, text, timeZone, wholeNumber } from "./forms";

const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** With the end of the day. */
const END_OF_DAY = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const DAYS_WANTED = "a list of days, such as [Mon, Fri]";
export const DEFAULT_TARGET_CPU_PERCENT = 60;
export const LEAST_TARGET_CPU_PERCENT = 10;
const SIZE_SCHEDULE_WANTED = "a list of maps of from, to and min, at most 20";

const ScheduledMinimum = object({
  days: list(oneOf(DAYS), DAYS_WANTED)
    .min(1, DAYS_WANTED)
    .describe("Days on which it begins.")
    .default([...DAYS]),
  from: text(TIME_OF_DAY, 'a time in quotes, such as "08:00"').describe("When it begins."),
  to: text(END_OF_DAY, 'a time in quotes, such as "20:00"; "24:00" is the end of the day').describe(
    "When it ends: on the next day if that is not later than from.",
  ),
  min: wholeNumber(1, 100).describe("Least number of instances in this time, above size.min."),
});

/** A time of the week with a higher minimum. */
export type ScheduledMinimum = z.output<typeof ScheduledMinimum>;

export const Size = object({
  min: wholeNumber(1, 100).describe("Least number of instances."),
  max: wholeNumber(1, 100).describe("Greatest number of instances."),
  targetCpuPercent: wholeNumber(LEAST_TARGET_CPU_PERCENT, 90)
    .describe("Instances are added above it and removed below it.")
    .default(DEFAULT_TARGET_CPU_PERCENT),
  targetRequestsPerMinute: wholeNumber(1, 1_000_000)
    .describe("For an api: the same for the number of requests that each instance gets in a minute, on each edge.")
    .optional(),
  schedule: z
    .array(ScheduledMinimum, { error: SIZE_SCHEDULE_WANTED })
    .max(20, SIZE_SCHEDULE_WANTED)
    .describe("Times of the week with a higher minimum; where several overlap the highest counts.")
    .default([]),
  timeZone: timeZone().describe("Time zone of the schedule, as IANA names it. Default: UTC.").optional(),
});
