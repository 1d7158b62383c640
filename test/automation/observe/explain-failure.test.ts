import { assert } from "chai";
import { causesOf } from "../../../automation/observe/explain-failure";
import type { ColourObservation } from "../../../automation/ports/observer";
import { live, outputsOf } from "../deploy/worlds";

const colour = outputsOf(live({ active: "blue", blue: null, green: ["v2", 2] })).services.users!.colours.green;
const NOTHING: ColourObservation = {
  targets: [],
  tasks: [],
  inService: 0,
  minimum: 0,
  instances: [],
  joinedInstances: 0,
  failedActivities: [],
  failedTasks: [],
};
const target = (instanceId: string, state = "healthy", reason = "") => ({
  targetGroup: "g",
  instanceId,
  state,
  reason,
});
/** Since when failures count. */
const NOW_MS = 1_700_000_000_000;
const activities = (...startedMs: number[]) => startedMs.map((at) => ({ reason: "sold out", startedMs: at }));
const failed = (...reasons: string[]) => reasons.map((reason, index) => ({ id: `t${index}`, reason }));

const NOT_ELIGIBLE = "not eligible for Free Tier";

describe("causesOf", () => {
  const table: { title: string; observed: Partial<ColourObservation>; causes: (string | RegExp)[] }[] = [
    { title: "nothing is known", observed: {}, causes: [] },
    {
      title: "all targets are healthy now, whatever failed before",
      observed: { targets: [target("i-1")], joinedInstances: 1, failedTasks: failed("exit code 1") },
      causes: [],
    },
    {
      title: "an instance that cannot be launched",
      observed: { failedActivities: activities(NOW_MS, NOW_MS - 1_000) },
      causes: ["launch failed: sold out (2 times)"],
    },
    {
      title: "an instance type that the account's plan does not allow",
      observed: {
        failedActivities: [{ reason: `The specified instance type is ${NOT_ELIGIBLE}.`, startedMs: NOW_MS }],
      },
      causes: [
        `launch failed: The specified instance type is ${NOT_ELIGIBLE}.`,
        "the account's Free plan does not allow this instance type: upgrade the plan in the Billing console first, then run this again",
      ],
    },
    {
      title: "one that could not be launched three weeks ago is of another deploy",
      observed: { failedActivities: activities(NOW_MS - 21 * 24 * 3_600_000) },
      causes: [],
    },
    {
      title: "AWS's clock may be a few minutes behind",
      observed: { failedActivities: activities(NOW_MS - 299_000, NOW_MS - 301_000) },
      causes: ["launch failed: sold out"],
    },
    {
      title: "what failed in this deploy is not hidden by what failed in another",
      observed: {
        failedActivities: activities(NOW_MS - 21 * 24 * 3_600_000),
        ...{ inService: 2, joinedInstances: 2, failedTasks: failed("exit code 1") },
      },
      causes: ["task failed: exit code 1"],
    },
    {
      title: "a worker's instances do not join: it has no targets that would show it",
      observed: { inService: 2, failedTasks: failed("of an earlier deploy") },
      causes: [/^none of 2 instances joined the ECS cluster users-green: /],
    },
    {
      title: "tasks that fail, counted by cause",
      observed: { inService: 2, joinedInstances: 2, failedTasks: failed("exit code 1", "no image", "exit code 1") },
      causes: ["task failed: exit code 1 (2 times)", "task failed: no image"],
    },
    {
      title: "an instance that is unhealthy in several target groups counts once",
      observed: {
        targets: [target("i-1", "unhealthy", "404"), target("i-1", "unhealthy", "404"), target("i-0", "draining")],
        joinedInstances: 1,
      },
      causes: ["target is: unhealthy, 404"],
    },
  ];
  for (const { title, observed, causes } of table) {
    it(title, () => {
      const found = causesOf(colour, { ...NOTHING, ...observed }, NOW_MS);
      assert.lengthOf(found, causes.length, found.join());
      for (const [index, cause] of causes.entries()) {
        if (typeof cause === "string") assert.equal(found[index], cause);
        else assert.match(found[index]!, cause);
      }
    });
  }
});
