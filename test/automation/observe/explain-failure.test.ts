import { assert } from "chai";
import { causesOf } from "../../../automation/observe/explain-failure";
import type { ColourObservation } from "../../../automation/ports/observer";
import { live, outputsOf } from "../deploy/worlds";

const colour = outputsOf(live({ active: "blue", blue: null, green: ["v2", 2] })).services.users!.colours.green;
const NOTHING: ColourObservation = {
  targets: [],
  tasks: [],
  inService: 0,
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
const failed = (...reasons: string[]) => reasons.map((reason, index) => ({ id: `t${index}`, reason }));

describe("causesOf", () => {
  const table: { title: string; seen: Partial<ColourObservation>; causes: (string | RegExp)[] }[] = [
    { title: "nothing is known", seen: {}, causes: [] },
    {
      title: "all is well now, whatever failed before",
      seen: { targets: [target("i-1")], joinedInstances: 1, failedTasks: failed("exit code 1") },
      causes: [],
    },
    {
      title: "no launch",
      seen: { failedActivities: ["sold out", "sold out"] },
      causes: ["launch failed: sold out (2 times)"],
    },
    {
      title: "a worker's instances do not join: it has no targets to go by",
      seen: { inService: 2, failedTasks: failed("of an earlier deploy") },
      causes: [/^none of 2 instances joined the ECS cluster users-green: /],
    },
    {
      title: "tasks that fail, counted by cause",
      seen: { inService: 2, joinedInstances: 2, failedTasks: failed("exit code 1", "no image", "exit code 1") },
      causes: ["task failed: exit code 1 (2 times)", "task failed: no image"],
    },
    {
      title: "an instance that is unhealthy in several groups is told once",
      seen: {
        targets: [target("i-1", "unhealthy", "404"), target("i-1", "unhealthy", "404"), target("i-0", "draining")],
        joinedInstances: 1,
      },
      causes: ["target is: unhealthy, 404"],
    },
  ];
  for (const { title, seen, causes } of table) {
    it(title, () => {
      const found = causesOf(colour, { ...NOTHING, ...seen });
      assert.lengthOf(found, causes.length, found.join());
      for (const [index, cause] of causes.entries()) {
        if (typeof cause === "string") assert.equal(found[index], cause);
        else assert.match(found[index]!, cause);
      }
    });
  }
});
