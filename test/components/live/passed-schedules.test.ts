import { expect } from "chai";
import { infrastructureOf } from "../../../components/live/infrastructure";
import { passedSchedules } from "../../../components/live/passed-schedules";
import type { LastOutputs } from "../../../components/live/program-outputs";
import { parseSettings } from "../../../components/settings/settings";
import { declare, STATES } from "../world";

const NOW = Date.UTC(2028, 0, 1);
const report = (schedule: string, timeZone?: string) => ({ kind: "job", schedule, ...(timeZone && { timeZone }) });
const PASSED = report("cron(0 9 1 4 ? 2027)");
const settingsOf = (services: Record<string, object>) => parseSettings({ domain: "example.jp", services });
const lastOf = (services: Record<string, object>): LastOutputs => {
  const settings = settingsOf(services);
  return {
    services: settings.services,
    applied: { infrastructure: infrastructureOf(settings) },
  } as unknown as LastOutputs;
};

const REFUSED =
  'aoshingo:services.report.schedule: given "cron(0 9 1 4 ? 2027)", wanted a schedule that comes again, such as cron(30 4 * * ? *), or no job: its last time has passed';
const WARNING =
  "aoshingo:services.report.schedule: the last time of cron(0 9 1 4 ? 2027) has passed, so that nothing starts report any more: give it another schedule, or remove the job";

describe("schedules whose last time has passed", () => {
  const table: [string, Record<string, object>, LastOutputs, { problems: string[]; warnings: string[] }][] = [
    ["are refused in a job that is added", { report: PASSED }, lastOf({}), { problems: [REFUSED], warnings: [] }],
    [
      "are warned of in a stack's first run, as in a rehearsal of settings that are old",
      { report: PASSED },
      {},
      { problems: [], warnings: [WARNING] },
    ],
    [
      "are refused where they take the place of others",
      { report: PASSED },
      lastOf({ report: report("rate(1 day)") }),
      { problems: [REFUSED], warnings: [] },
    ],
    [
      "are warned of where they passed by themselves",
      { report: PASSED },
      lastOf({ report: PASSED }),
      { problems: [], warnings: [WARNING] },
    ],
    [
      "are warned of where an older program did not write what it applied",
      { report: PASSED },
      { services: lastOf({ report: PASSED }).services! },
      { problems: [], warnings: [WARNING] },
    ],
    [
      "are none of those that come again, by their own zone",
      {
        ...{ daily: report("cron(0 9 * * ? *)"), hourly: report("rate(1 hour)"), users: { kind: "api" } },
        later: report("cron(0 9 1 4 ? 2028)"),
        // 08:00 in UTC.
        west: report("cron(0 0 1 1 ? 2028)", "America/Los_Angeles"),
      },
      lastOf({}),
      { problems: [], warnings: [] },
    ],
  ];
  for (const [what, services, last, wanted] of table)
    it(what, () => expect(passedSchedules(settingsOf(services).services, last, false, NOW)).to.deep.equal(wanted));

  it("never stop a deploy or its way back", () => {
    const { problems } = passedSchedules(settingsOf({ report: PASSED }).services, lastOf({}), true, NOW);
    expect(problems).to.deep.equal([]);
  });

  it("do not stop what the program declares for others", async () => {
    const given = (schedule: string) => ({
      services: { users: STATES.flipped, report: STATES.start },
      settings: { report: report(schedule) },
    });
    const { outputs } = await declare(given("rate(1 hour)"));
    const passed = "cron(0 9 1 4 ? 2020)";
    const refused = await declare({ ...given(passed), last: outputs }).catch(String);
    expect(refused).to.include("aoshingo:services.report.schedule: given").and.include("its last time has passed");
    const { infrastructure } = lastOf({ users: { kind: "api" }, report: report(passed) }).applied!;
    const last = { ...outputs, applied: { infrastructure } };
    const { resources } = await declare({ ...given(passed), last });
    expect(resources.find(({ name }) => name === "report-schedule")!.inputs.scheduleExpression).to.equal(passed);
  });
});
