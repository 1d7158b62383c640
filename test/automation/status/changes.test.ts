import { assert } from "chai";
import { changes } from "../../../automation/status/changes";
import type { Status } from "../../../automation/status/status";
import { live, together } from "../deploy/worlds";
import { LEASE, statusOf } from "./samples";

const START = live({ active: "blue", blue: ["v1", 2], green: null });
const running = (step: "warm" | "cutover"): Status["running"] => ({
  deploy: "20261125T093000Z-1",
  step,
  services: ["users"],
  sinceMs: 0,
});

describe("what has changed", () => {
  const table: { title: string; before?: Partial<Status>; now: Partial<Status>; is: string[] }[] = [
    { title: "nothing", now: {}, is: [] },
    {
      title: "a deploy begins",
      now: { lease: LEASE, running: running("warm") },
      is: ["deploy users=v3 by me@here has begun", "warm of users"],
    },
    {
      title: "the next step",
      before: { lease: LEASE, running: running("warm") },
      now: { lease: { ...LEASE, expiresAtMs: 1 }, running: running("cutover") },
      is: ["cutover of users"],
    },
    {
      title: "a deploy ends, and something is left",
      before: { lease: LEASE, running: running("warm") },
      now: {
        unfinished: "20261125T093000Z-1",
        unfinishedRun: { command: "rollback", asked: { users: "v2" }, direction: "forward", canGoBack: true },
      },
      is: ["deploy users=v3 by me@here has ended", "20261125T093000Z-1 (rollback users=v2) is not finished"],
    },
    {
      title: "a freeze, and its end",
      before: {},
      now: { frozen: { who: "me", sinceMs: 0, reason: "sale" } },
      is: ["frozen by me: sale"],
    },
    {
      title: "a thaw",
      before: { frozen: { who: "me", sinceMs: 0, reason: "sale" } },
      now: {},
      is: ["not frozen any more"],
    },
    {
      title: "a colour warms",
      now: statusOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] })),
      is: ["users green: nothing at 0 -> v2 at 2", "users green healthy: - -> 2 of 2"],
    },
    {
      title: "the other colour is active",
      before: statusOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] })),
      now: statusOf(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] })),
      is: ["users: blue -> green is active"],
    },
    {
      title: "a service comes",
      now: statusOf(together(START, live({ active: "green", blue: null, green: null }, { service: "doodle" }))),
      is: ["doodle is new"],
    },
  ];
  for (const { title, before, now, is } of table)
    it(title, () => assert.deepEqual(changes({ ...statusOf(START), ...before }, { ...statusOf(START), ...now }), is));

  it("a ramp, and health", () => {
    const [was, now] = [statusOf(START), statusOf(structuredClone(START))];
    now.live.services.users!.idleShare = 10;
    now.services.users!.health.blue = { healthy: 1, wanted: 2, faults: ["one is gone"] };
    assert.deepEqual(changes(was, now), [
      "users: share of the idle colour 0 % -> 10 %",
      "users blue healthy: 2 of 2 -> 1 of 2",
    ]);
  });
});
