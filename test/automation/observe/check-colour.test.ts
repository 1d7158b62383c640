import { assert } from "chai";
import { checkColour } from "../../../automation/observe/check-colour";
import type { ColourObservation } from "../../../automation/ports/observer";
import { digestOf } from "../deploy/scene";
import { live, outputsOf } from "../deploy/worlds";

const colour = outputsOf(live({ active: "blue", blue: null, green: ["v2", 2] })).services.users!.colours.green;
const digest = digestOf("v2");

function well(): ColourObservation {
  const target = (targetGroup: string, instanceId: string) => ({
    targetGroup,
    instanceId,
    state: "healthy",
    reason: "",
  });
  const task = (instanceId: string) => ({
    id: `task-${instanceId}`,
    instanceId,
    status: "RUNNING",
    digest,
    taskDefinition: colour.taskDefinition!,
  });
  return {
    targets: colour.targetGroups.flatMap(({ arn: group }) => [target(group, "i-1"), target(group, "i-2")]),
    tasks: [task("i-1"), task("i-2")],
    joinedInstances: 2,
    inService: 2,
    failedActivities: [],
    failedTasks: [],
  };
}

describe("colourFaults", () => {
  const table: { title: string; change: (seen: ColourObservation) => unknown; faults: string[] }[] = [
    { title: "all is well", change: () => {}, faults: [] },
    {
      title: "fail-open: no target is healthy, and the load balancer answers all the same",
      change: (seen) => seen.targets.map((target) => Object.assign(target, { state: "unhealthy", reason: "404" })),
      faults: [
        "0 of 2 targets are healthy in users-green-on-blue",
        "target i-1 is unhealthy: 404",
        "target i-2 is unhealthy: 404",
        "0 of 2 targets are healthy in users-green-on-green",
        "target i-1 is unhealthy: 404",
        "target i-2 is unhealthy: 404",
      ],
    },
    {
      title: "one of two groups has an unhealthy target",
      change: (seen) => Object.assign(seen.targets[3]!, { state: "initial", reason: "registering" }),
      faults: ["1 of 2 targets are healthy in users-green-on-green", "target i-2 is initial: registering"],
    },
    {
      title: "a target that drains is of the past",
      change: (seen) => seen.targets.push({ ...seen.targets[0]!, instanceId: "i-0", state: "draining" }),
      faults: [],
    },
    {
      title: "a target is missing in one group",
      change: (seen) => seen.targets.pop(),
      faults: ["1 of 2 targets are healthy in users-green-on-green"],
    },
    {
      title: "another image runs under the right revision",
      change: (seen) => Object.assign(seen.tasks[1]!, { digest: "sha256:other" }),
      faults: [`the task on i-2 runs sha256:other, wanted ${digest}`],
    },
    {
      title: "an image that is not known yet",
      change: (seen) => Object.assign(seen.tasks[1]!, { digest: "" }),
      faults: [`the task on i-2 runs an unknown image, wanted ${digest}`],
    },
    {
      title: "a task of an older revision",
      change: (seen) => Object.assign(seen.tasks[0]!, { taskDefinition: "users-green:1" }),
      faults: ["1 of 2 tasks run task-definition/users-green:v2"],
    },
    {
      title: "a task that is not running yet",
      change: (seen) => Object.assign(seen.tasks[0]!, { status: "PENDING" }),
      faults: ["1 of 2 tasks run task-definition/users-green:v2"],
    },
  ];
  describe("of a size that follows the load", () => {
    const scales = { size: 1, digest, scales: true };

    it("wants the least, and takes what is being launched for no fault", () => {
      const seen = well();
      Object.assign(seen.targets[3]!, { state: "initial", reason: "registering" });
      assert.deepEqual(checkColour(colour, seen, scales), []);
    });

    it("tells an unhealthy target all the same", () => {
      const seen = well();
      Object.assign(seen.targets[3]!, { state: "unhealthy", reason: "404" });
      assert.deepEqual(checkColour(colour, seen, scales), ["target i-2 is unhealthy: 404"]);
    });

    it("tells when there are fewer", () => {
      const seen = well();
      assert.include(
        checkColour(colour, seen, { ...scales, size: 3 }),
        "2 of 3 targets are healthy in users-green-on-blue",
      );
    });
  });

  for (const { title, change, faults } of table) {
    it(title, () => {
      const seen = well();
      change(seen);
      assert.deepEqual(checkColour(colour, seen, { size: 2, digest }), faults);
    });
  }
});
