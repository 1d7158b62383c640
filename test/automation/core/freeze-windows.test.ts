import { assert } from "chai";
import fc from "fast-check";
import { type FreezeWindow, freezeWindowAt, freezeWindowText } from "../../../automation/core/freeze-windows";
import { parseSettings } from "../../../components/settings/settings";

const WEEKEND: FreezeWindow = { from: "Fri 16:00", to: "Mon 08:00", zone: "Asia/Tokyo" };
const NIGHT: FreezeWindow = { from: "Tue 22:30", to: "Wed 06:00", zone: "America/New_York" };
const SUNDAY: FreezeWindow = { from: "Sun 02:30", to: "Sun 06:00", zone: "Europe/Berlin" };
const UNTIL_SUNDAY: FreezeWindow = { from: "Sat 12:00", to: "Sun 02:30", zone: "Europe/Berlin" };
const WEEK_MS = 7 * 24 * 3_600_000;

describe("freezeWindowAt", () => {
  for (const [iso, windows, expected] of [
    // 2026-11-27 is a Friday; Tokyo is nine hours ahead of UTC.
    ["2026-11-27T06:59:59Z", [WEEKEND], null],
    ["2026-11-27T07:00:00Z", [WEEKEND], WEEKEND],
    ["2026-11-28T12:00:00Z", [WEEKEND], WEEKEND],
    ["2026-11-29T22:59:59Z", [WEEKEND], WEEKEND],
    ["2026-11-29T23:00:00Z", [WEEKEND], null],
    // New York is five hours behind UTC in winter, four in summer.
    ["2026-12-02T03:29:00Z", [WEEKEND, NIGHT], null],
    ["2026-12-02T03:30:00Z", [WEEKEND, NIGHT], NIGHT],
    ["2026-07-01T02:30:00Z", [WEEKEND, NIGHT], NIGHT],
    ["2026-07-01T10:00:00Z", [WEEKEND, NIGHT], null],
    ["2026-11-27T07:00:00Z", [], null],
    // Berlin sets its clocks back from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC.
    ["2026-10-25T00:29:00Z", [SUNDAY], null],
    ["2026-10-25T00:30:00Z", [SUNDAY], SUNDAY],
    ["2026-10-25T01:00:00Z", [SUNDAY], SUNDAY],
    ["2026-10-25T01:30:00Z", [SUNDAY], SUNDAY],
    ["2026-10-25T00:30:00Z", [UNTIL_SUNDAY], UNTIL_SUNDAY],
    ["2026-10-25T01:29:00Z", [UNTIL_SUNDAY], UNTIL_SUNDAY],
    ["2026-10-25T01:30:00Z", [UNTIL_SUNDAY], null],
    // And forward from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC.
    ["2026-03-29T00:59:00Z", [SUNDAY], null],
    ["2026-03-29T01:00:00Z", [SUNDAY], SUNDAY],
    ["2026-03-29T01:00:00Z", [UNTIL_SUNDAY], null],
  ] as const) {
    it(`at ${iso} is ${expected ? freezeWindowText(expected) : "none"}`, () => {
      assert.equal(freezeWindowAt(windows, Date.parse(iso)), expected);
    });
  }

  it("is in exactly one of a window and the one that it leaves", () => {
    const time = fc
      .tuple(fc.constantFrom("Mon", "Thu", "Sun"), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([day, hour, minute]) => `${day} ${[hour, minute].map((n) => String(n).padStart(2, "0")).join(":")}`);
    fc.assert(
      fc.property(time, time, fc.integer({ min: 0, max: WEEK_MS }), (from, to, atMs) => {
        fc.pre(from !== to);
        const [window, rest] = [
          { from, to, zone: "UTC" },
          { from: to, to: from, zone: "UTC" },
        ];
        assert.notEqual(freezeWindowAt([window], atMs) === null, freezeWindowAt([rest], atMs) === null);
      }),
    );
  });

  it("has settings that are refused where they are no time, no zone or nothing at all", () => {
    const services = { users: { kind: "api" } };
    const freeze = [
      { from: "Friday 16:00", to: "Mon 24:00", zone: "Tokyo", except: "abort" },
      { from: "Fri 16:00", to: "Fri 16:00" },
    ];
    assert.throws(
      () => parseSettings({ domain: "example.jp", services, freeze }),
      [
        'aoshingo:freeze.0.from: given "Friday 16:00", wanted a day and a time, such as Fri 16:00',
        'aoshingo:freeze.0.to: given "Mon 24:00", wanted a day and a time, such as Fri 16:00',
        'aoshingo:freeze.0.zone: given "Tokyo", wanted a time zone, such as Asia/Tokyo',
        'aoshingo:freeze.0.except: given "abort", wanted rollback',
        'aoshingo:freeze.1.to: given "Fri 16:00", wanted another time of the week than from',
      ].join("\n"),
    );
    assert.deepEqual(parseSettings({ domain: "example.jp", services }).freeze, []);
  });
});
