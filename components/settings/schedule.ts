import { Cron } from "croner";

/** A schedule expression of the settings, as EventBridge Scheduler gets it. */
export interface Schedule {
  /** Such as `cron(0 * * * ? *)`. */
  cron: string;
  /** As IANA names it. */
  timeZone: string;
}

/** The zone of rates, and of a `cron(...)` without `timeZone`. */
export const UTC = "UTC";

const RATE = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
const MINUTES_OF_HOUR = 60;
const HOURS_OF_DAY = 24;
/** Before the first year that AWS takes. */
const BEFORE_ALL_TIMES_MS = Date.UTC(1969, 11, 31);

export const isRate = (expression: string): boolean => expression.startsWith("rate(");

/**
 * What is wrong with a schedule, as what is wanted instead; undefined for a good one. The answer does not depend on the clock: a schedule
 * whose last time has passed stays good, or it would stop all that is done with the settings (`passedSchedules`).
 * @param expression `rate(1 hour)` or `cron(30 4 * * ? *)`, in AWS's forms
 */
export function scheduleProblem(expression: string): string | undefined {
  const rate = RATE.exec(expression);
  if (rate) return rateProblem(Number(rate[1]), rate[2]!);
  return cronProblem(expression);
}

/**
 * Returns when a good schedule starts. A rate becomes the times of the clock that it names, in UTC: EventBridge Scheduler would
 * count a rate from each change of the schedule, and a deploy changes it (aws-rules Y4).
 */
export function scheduleOf(expression: string, timeZone: string): Schedule {
  const rate = RATE.exec(expression);
  if (!rate) return { cron: expression, timeZone };
  const every = rate[1] === "1" ? "*" : `0/${rate[1]}`;
  const [unit] = rate[2]!;
  const fields = unit === "m" ? `${every} * * * ? *` : unit === "h" ? `0 ${every} * * ? *` : "0 0 * * ? *";
  return { cron: `cron(${fields})`, timeZone: UTC };
}

/**
 * Returns the first time after this one at which a schedule starts its job, in Unix milliseconds; null if it never does again. A time of
 * the clock that summer time skips is left out, as AWS does it (aws-rules Y2); croner would take one that is an hour later.
 */
export function nextTimeMs({ cron, timeZone }: Schedule, afterMs: number): number | null {
  const times = parsed(cron, timeZone);
  let next = times.nextRun(new Date(afterMs));
  while (next !== null && !times.match(next)) next = times.nextRun(next);
  return next?.getTime() ?? null;
}

function rateProblem(value: number, unit: string): string | undefined {
  if (unit.endsWith("s") === (value === 1))
    return value === 1 ? `rate(1 ${unit.slice(0, -1)})` : `rate(${value} ${unit}s)`;
  const isOf = (whole: number) => value > 0 && whole % value === 0 && value < whole;
  if (unit.startsWith("minute") && !isOf(MINUTES_OF_HOUR))
    return "a number of minutes that divides an hour, such as rate(15 minutes); or take cron(...)";
  if (unit.startsWith("hour") && !isOf(HOURS_OF_DAY))
    return "a number of hours that divides a day, such as rate(6 hours); or take cron(...)";
  return unit.startsWith("day") && value !== 1 ? "rate(1 day); or take cron(...)" : undefined;
}

/** What is wrong with `cron(...)`, in the same way. */
export function cronProblem(expression: string): string | undefined {
  if (!CRON.test(expression))
    return "rate(VALUE UNIT), such as rate(1 hour), or cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), such as cron(30 4 * * ? *)";
  const [, , , dayOfMonth, , dayOfWeek] = CRON.exec(expression)!;
  if ((dayOfMonth === "?") === (dayOfWeek === "?"))
    return "a ? for either the day of the month or the day of the week, the third or the fifth field";
  const unknown = formProblem(CRON.exec(expression)!.slice(1));
  if (unknown !== undefined) return unknown;
  try {
    return nextTimeMs({ cron: expression, timeZone: UTC }, BEFORE_ALL_TIMES_MS) === null
      ? "a cron expression that comes about: no year has these days"
      : undefined;
  } catch {
    return fieldProblem(CRON.exec(expression)!.slice(1));
  }
}

/** What each field takes, in AWS's order. */
const FIELDS = [
  "minutes from 0 to 59, such as 0/15, in the first field",
  "hours from 0 to 23, such as 8-18, in the second field",
  "days from 1 to 31, such as 1,15, in the third field",
  "months from 1 to 12 or JAN to DEC, such as 1-3, in the fourth field",
  "days of the week from 1 to 7 or SUN to SAT, such as MON-FRI, in the fifth field",
  "years from 1970 to 2199, such as 2026-2030, in the sixth field",
];

/** What is wanted in place of the first field that is not understood, which is shown as it was typed. */
function fieldProblem(fields: readonly string[]): string {
  const place = fields.findIndex(
    (_, place) => !isUnderstood(fields.map((field, other) => (other === place ? field : "*"))),
  );
  return place < 0 ? "six fields as AWS has them" : `${FIELDS[place]} instead of ${fields[place]}`;
}

function isUnderstood(fields: readonly string[]): boolean {
  try {
    parsed(`cron(${fields.join(" ")})`, UTC);
    return true;
  } catch {
    return false;
  }
}

/** Forms that croner reads and EventBridge Scheduler does not, by the number of the field. */
const OTHER_FORMS: readonly [field: number, form: RegExp, wanted: string][] = [
  ...[0, 1, 3, 5].map((field): [number, RegExp, string] => [field, /\?/, "a ? only in the third or the fifth field"]),
  ...[0, 1, 2, 3, 4, 5].map((field): [number, RegExp, string] => [field, /\+/, "numbers without a sign"]),
  [2, /\dL/, "L alone for the last day of the month"],
  [4, /(?:^|[^\d#])(?:0|[89]|\d{2,})/, "days of the week from 1, which is Sunday, to 7"],
  [4, /#.*,|,.*#/, "# in one day of the week alone, such as MON#2"],
  [5, /(?:^|\D)(?!19[7-9]\d|20\d\d|21\d\d)\d{4}/, "years from 1970 to 2199"],
];

function formProblem(fields: readonly string[]): string | undefined {
  return OTHER_FORMS.find(([field, form]) => form.test(fields[field]!))?.[2];
}

/**
 * AWS's six fields as croner reads them: it wants seconds first, and takes a ? for a list of all days. Days of the week are 1, which is Sunday, to 7.
 * @throws Error for a field that is not understood
 */
function parsed(expression: string, timezone: string): Cron {
  const fields = CRON.exec(expression)!
    .slice(1)
    .map((field) => (field === "?" ? "*" : field));
  return new Cron(`0 ${fields.join(" ")}`, { timezone, paused: true, alternativeWeekdays: true, sloppyRanges: true });
}
