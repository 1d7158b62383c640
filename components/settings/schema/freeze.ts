import { DAYS } from "../../core/week";
import { object, oneOf, text, timeZone } from "./forms";

const TIME_OF_WEEK = new RegExp(`^(?:${DAYS.join("|")}) (?:[01]\\d|2[0-3]):[0-5]\\d$`);
const TIME_OF_WEEK_WANTED = "a day and a time, such as Fri 16:00";

export const FreezeWindow = object({
  from: text(TIME_OF_WEEK, TIME_OF_WEEK_WANTED).describe("Day and time at which the freeze begins, such as Fri 16:00."),
  to: text(TIME_OF_WEEK, TIME_OF_WEEK_WANTED).describe("Day and time at which it ends, such as Mon 08:00."),
  zone: timeZone().describe("Time zone of both, as IANA names it.").default("UTC"),
  except: oneOf(["rollback"]).describe("rollback: a rollback stays possible. Default: it is frozen, too.").optional(),
}).refine(({ from, to }) => from !== to, {
  error: "another time of the week than from",
  path: ["to"],
  when: ({ issues }) => issues.length === 0,
});
