import { expect } from "chai";
import { nextTimeMs, scheduleOf, scheduleProblem } from "../../../components/settings/schedule";

describe("scheduleProblem", () => {
  const good = [
    ...["rate(1 minute)", "rate(15 minutes)", "rate(1 hour)", "rate(6 hours)", "rate(1 day)"],
    ...["cron(30 2 * * ? *)", "cron(0 9 ? * MON-FRI *)", "cron(0 9 ? * 2#1 *)", "cron(0 9 L * ? *)"],
    "cron(0/20 8-18 ? 1-3 6L 2026-2099)",
    // Its last time has passed: whether that is refused depends on the clock, and is asked where a person changes it.
    ...["cron(0 9 * * ? 2020)", "cron(0 9 29 2 ? 2024)", "cron(59 23 31 12 ? 2199)"],
  ];
  for (const expression of good)
    it(`takes ${expression}`, () => {
      expect(scheduleProblem(expression)).to.equal(undefined);
    });

  const bad: [expression: string, wanted: RegExp][] = [
    ["hourly", /^rate\(VALUE UNIT\), such as rate\(1 hour\), or cron/],
    ["at(2030-01-01T00:00:00)", /^rate\(VALUE UNIT\)/],
    ["rate(1 hours)", /^rate\(1 hour\)$/],
    ["rate(5 minute)", /^rate\(5 minutes\)$/],
    ["rate(7 minutes)", /^a number of minutes that divides an hour/],
    ["rate(60 minutes)", /^a number of minutes that divides an hour/],
    ["rate(0 minutes)", /^a number of minutes that divides an hour/],
    ["rate(5 hours)", /^a number of hours that divides a day/],
    ["rate(2 days)", /^rate\(1 day\)/],
    ["cron(0 9 * * ?)", /^rate\(VALUE UNIT\)/],
    ["cron(0 9 * * * *)", /^a \? for either the day of the month or the day of the week/],
    ["cron(0 9 ? * ? *)", /^a \? for either/],
    ["cron(61 9 * * ? *)", /^minutes from 0 to 59, such as 0\/15, in the first field instead of 61$/],
    ["cron(0 24 * * ? *)", /^hours from 0 to 23, .* instead of 24$/],
    ["cron(0 9 32 * ? *)", /^days from 1 to 31, .* instead of 32$/],
    ["cron(0 9 1 13 ? *)", /^months from 1 to 12 or JAN to DEC, .* instead of 13$/],
    ["cron(0 0 ? * MONDAY *)", /^days of the week from 1 to 7 or SUN to SAT, .* in the fifth field instead of MONDAY$/],
    ["cron(0 9 ? 1 MON 2026-)", /^years from 1970 to 2199, .* instead of 2026-$/],
    ["cron(0 9 ? * 0 *)", /^days of the week from 1, which is Sunday, to 7$/],
    ["cron(0 9 ? * 8 *)", /^days of the week from 1, which is Sunday, to 7$/],
    ["cron(0 9 ? * 2-9 *)", /^days of the week from 1, which is Sunday, to 7$/],
    ["cron(0 9 ? * MON#2,FRI#1 *)", /^# in one day of the week alone/],
    ["cron(? 9 * * ? *)", /^a \? only in the third or the fifth field$/],
    ["cron(0 9 * ? ? *)", /^a \? only in the third or the fifth field$/],
    ["cron(+1 9 * * ? *)", /^numbers without a sign$/],
    ["cron(0 9 1L * ? *)", /^L alone for the last day of the month$/],
    ["cron(0 9 * * ? 2200)", /^years from 1970 to 2199$/],
    ["cron(x 9 * * ? *)", /^minutes from 0 to 59, .* instead of x$/],
    ["cron(0 9 30 2 ? *)", /^a cron expression that comes about: no year has these days$/],
    ["cron(0 9 29 2 ? 2027)", /^a cron expression that comes about: no year has these days$/],
  ];
  for (const [expression, wanted] of bad)
    it(`refuses ${expression}`, () => {
      expect(scheduleProblem(expression)).to.match(wanted);
    });
});

describe("scheduleOf and nextTimeMs", () => {
  const FROM = Date.UTC(2026, 10, 27, 12, 7, 30);
  const next = (expression: string, timeZone: string, fromMs = FROM) => {
    const atMs = nextTimeMs(scheduleOf(expression, timeZone), fromMs);
    return atMs && new Date(atMs).toISOString().slice(0, "2026-11-27T12:00".length);
  };

  it("takes a rate as times of the clock in UTC, and a cron in its zone", () => {
    expect(scheduleOf("rate(15 minutes)", "Asia/Tokyo")).to.deep.equal({
      cron: "cron(0/15 * * * ? *)",
      timeZone: "UTC",
    });
    expect(next("rate(15 minutes)", "UTC")).to.equal("2026-11-27T12:15");
    expect(next("rate(1 minute)", "UTC")).to.equal("2026-11-27T12:08");
    expect(next("rate(6 hours)", "UTC")).to.equal("2026-11-27T18:00");
    expect(next("rate(1 day)", "UTC")).to.equal("2026-11-28T00:00");
    expect(next("cron(30 2 * * ? *)", "Asia/Tokyo")).to.equal("2026-11-27T17:30");
    expect(next("cron(0 9 ? * MON *)", "Asia/Tokyo")).to.equal("2026-11-30T00:00");
    expect(next("cron(0 0 1 1 ? 2027)", "UTC")).to.equal("2027-01-01T00:00");
  });

  it("leaves out a time that summer time skips, and takes one that comes twice once (Y2)", () => {
    const spring = Date.UTC(2026, 2, 29);
    expect(next("cron(30 2 * * ? *)", "Europe/Berlin", spring)).to.equal("2026-03-30T00:30");
    expect(next("cron(30 2,3 * * ? *)", "Europe/Berlin", spring)).to.equal("2026-03-29T01:30");
    expect(next("cron(30 2 29 3 ? 2026)", "Europe/Berlin", spring)).to.equal(null);
    const autumn = Date.UTC(2026, 9, 25, 0, 30);
    expect(next("cron(30 2 * * ? *)", "Europe/Berlin", autumn - 1)).to.equal("2026-10-25T00:30");
    expect(next("cron(30 2 * * ? *)", "Europe/Berlin", autumn)).to.equal("2026-10-26T01:30");
  });
});
