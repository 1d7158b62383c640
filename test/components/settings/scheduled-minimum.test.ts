import { expect } from "chai";
import fc from "fast-check";
import { DAYS, MINUTES_A_DAY, MINUTES_A_WEEK, minuteOfWeek } from "../../../components/core/week";
import { minimumChanges } from "../../../components/settings/scheduled-minimum";
import { Size } from "../../../components/settings/schema/size";

const size = (schedule: object[], min = 2) => Size.parse({ min, max: 100, schedule });
const shown = (schedule: object[], min?: number) =>
  minimumChanges(size(schedule, min)).map(({ days, time, min }) => `${time} ${days.join(" ")}: ${min}`);

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"];

describe("components/settings/scheduled-minimum", () => {
  const table: [string, object[], string[]][] = [
    ["none", [], []],
    [
      "working hours",
      [{ days: WEEKDAYS, from: "08:00", to: "20:00", min: 6 }],
      ["08:00 Mon Tue Wed Thu Fri: 6", "20:00 Mon Tue Wed Thu Fri: 2"],
    ],
    [
      "over midnight, and over the end of the week",
      [{ days: ["Sun"], from: "22:30", to: "02:00", min: 3 }],
      ["02:00 Mon: 2", "22:30 Sun: 3"],
    ],
    [
      "a whole day and a day from noon to noon",
      [
        { days: ["Sat"], from: "00:00", to: "24:00", min: 4 },
        { days: ["Wed"], from: "12:00", to: "12:00", min: 4 },
      ],
      ["00:00 Sun: 2", "00:00 Sat: 4", "12:00 Thu: 2", "12:00 Wed: 4"],
    ],
    [
      "one within another, and two that touch",
      [
        { days: ["Mon"], from: "08:00", to: "20:00", min: 4 },
        { days: ["Mon"], from: "11:00", to: "13:00", min: 8 },
        { days: ["Tue"], from: "08:00", to: "12:00", min: 5 },
        { days: ["Tue"], from: "12:00", to: "16:00", min: 5 },
      ],
      ["08:00 Mon: 4", "08:00 Tue: 5", "11:00 Mon: 8", "13:00 Mon: 4", "16:00 Tue: 2", "20:00 Mon: 2"],
    ],
    ["the whole week", [{ from: "00:00", to: "24:00", min: 4 }], []],
  ];
  for (const [title, schedule, changes] of table) {
    it(title, () => expect(shown(schedule).sort()).to.deep.equal([...changes].sort()));
  }

  it("at each minute of the week the last change is the highest of what is wanted then", () => {
    const time = fc.integer({ min: 0, max: MINUTES_A_DAY / 30 - 1 }).map((half) => {
      const digits = (value: number) => String(value).padStart(2, "0");
      return `${digits(Math.floor(half / 2))}:${digits((half % 2) * 30)}`;
    });
    const window = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
      from: time,
      to: fc.oneof(time, fc.constant("24:00")),
      min: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 5 }), fc.nat(MINUTES_A_WEEK - 1), (schedule, minute) => {
        const wanted = Math.max(
          2,
          ...schedule.flatMap(({ days, from, to, min }) =>
            days.flatMap((day) => {
              const start = minuteOfWeek(day, from);
              const length = minuteOfWeek("Mon", to) - minuteOfWeek("Mon", from);
              const since = (minute - start + MINUTES_A_WEEK) % MINUTES_A_WEEK;
              return since < (length > 0 ? length : length + MINUTES_A_DAY) ? [min] : [];
            }),
          ),
        );
        const changes = minimumChanges(size(schedule)).flatMap(({ days, time, min }) =>
          days.map((day) => ({ ago: (minute - minuteOfWeek(day, time) + MINUTES_A_WEEK) % MINUTES_A_WEEK, min })),
        );
        const last = changes.sort((one, two) => one.ago - two.ago)[0];
        // Without any change it is one number for the whole week.
        if (last) expect(last.min).to.equal(wanted);
        else
          expect(
            minimumChanges(size([...schedule, { days: ["Mon"], from: "00:00", to: "00:30", min: 50 }]))[1]?.min ??
              wanted,
          ).to.equal(wanted);
      }),
    );
  });
});
