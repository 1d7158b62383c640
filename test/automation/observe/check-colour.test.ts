import { assert } from "chai";
import { checkColour } from "../../../automation/observe/check-colour";
import type { ColourObservation } from "../../../automation/ports/observer";
import { digestOf } from "../deploy/scene";
import { live, outputsOf } from "../deploy/worlds";

const colour = outputsOf(live({ active: "blue", blue: null, green: ["v2", 2] })).services.users!.colours.green;
const digest = digestOf("v2");

function healthy(): ColourObservation {
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
    digests: { users: digest },
    taskDefinition: colour.taskDefinition!,
  });
  return {
    targets: colour.targetGroups.flatMap(({ arn: group }) => [target(group, "i-1"), target(group, "i-2")]),
    tasks: [task("i-1"), task("i-2")],
    instances: ["i-1", "i-2"].map((id) => ({ id, state: "InService", agent: "connected" })),
    joinedInstances: 2,
    inService: 2,
    minimum: 2,
    failedActivities: [],
    failedTasks: [],
  };
}

describe("checkColour", () => {
  const table: { title: string; change: (observed: ColourObservation) => unknown; problems: string[] }[] = [
    { title: "all is well", change: () => {}, problems: [] },
    {
      title: "no target is healthy, although the load balancer fails open and answers",
      change: (observed) =>
        observed.targets.map((target) => Object.assign(target, { state: "unhealthy", reason: "404" })),
      problems: [
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
      change: (observed) => Object.assign(observed.targets[3]!, { state: "initial", reason: "registering" }),
      problems: ["1 of 2 targets are healthy in users-green-on-green", "target i-2 is initial: registering"],
    },
    {
      title: "a draining target does not count",
      change: (observed) => observed.targets.push({ ...observed.targets[0]!, instanceId: "i-0", state: "draining" }),
      problems: [],
    },
    {
      title: "a target is missing in one group",
      change: (observed) => observed.targets.pop(),
      problems: ["1 of 2 targets are healthy in users-green-on-green"],
    },
    {
      title: "another image runs under the right revision",
      change: (observed) => Object.assign(observed.tasks[1]!, { digests: { users: "sha256:other" } }),
      problems: [`the task on i-2 runs sha256:other, wanted ${digest}`],
    },
    {
      title: "an image that is not known yet",
      change: (observed) => Object.assign(observed.tasks[1]!, { digests: {} }),
      problems: [`the task on i-2 runs an unknown image, wanted ${digest}`],
    },
    {
      title: "a task of an older revision",
      change: (observed) => Object.assign(observed.tasks[0]!, { taskDefinition: "users-green:1" }),
      problems: ["1 of 2 tasks run task-definition/users-green:v2"],
    },
    {
      title: "a task that ECS still lists for an instance that is gone (C23)",
      change: (observed) => observed.tasks.push({ ...observed.tasks[0]!, id: "stale", instanceId: "i-0" }),
      problems: [],
    },
    {
      title: "an instance that is gone with its task, as far as ECS knows (C23)",
      change: (observed) => observed.instances.pop(),
      problems: ["1 of 2 tasks run task-definition/users-green:v2"],
    },
    {
      title: "an agent that is disconnected beside a task that serves",
      change: (observed) => Object.assign(observed.instances[1]!, { agent: "disconnected" }),
      problems: [],
    },
    {
      title: "an agent that is disconnected beside a task that does not serve",
      change: (observed) => {
        Object.assign(observed.instances[1]!, { agent: "disconnected" });
        Object.assign(observed.targets[3]!, { state: "unhealthy", reason: "refused" });
      },
      problems: [
        "1 of 2 tasks run task-definition/users-green:v2",
        "1 of 2 targets are healthy in users-green-on-green",
        "target i-2 is unhealthy: refused",
      ],
    },
    {
      title: "an instance that Auto Scaling launches before it terminates another one",
      change: (observed) => {
        observed.targets.push({ ...observed.targets[0]!, instanceId: "i-3", state: "initial", reason: "registering" });
        observed.instances.push({ id: "i-3", state: "InService", agent: "none" });
      },
      problems: [],
    },
    {
      title:
        "an instance on top of the size that boots, or starts its first task, for longer than the first checks take",
      change: (observed) => {
        observed.targets.push({ ...observed.targets[0]!, instanceId: "i-3", state: "unhealthy", reason: "timeout" });
        observed.instances.push({ id: "i-3", state: "InService", agent: "none", isStarting: true });
      },
      problems: [],
    },
    {
      title: "an instance that boots in place of another one",
      change: (observed) => {
        Object.assign(observed.targets[3]!, { state: "unhealthy", reason: "timeout" });
        Object.assign(observed.instances[1]!, { isStarting: true });
      },
      problems: ["1 of 2 targets are healthy in users-green-on-green", "target i-2 is unhealthy: timeout"],
    },
    {
      title: "a task that is not running yet",
      change: (observed) => Object.assign(observed.tasks[0]!, { status: "PENDING" }),
      problems: ["1 of 2 tasks run task-definition/users-green:v2"],
    },
  ];
  describe("with more instances than the size", () => {
    const scales = { size: 1, digest };

    it("needs the minimum, and a target that is being launched is no problem", () => {
      const observed = healthy();
      Object.assign(observed.targets[3]!, { state: "initial", reason: "registering" });
      assert.deepEqual(checkColour(colour, observed, scales), []);
    });

    it("still reports an unhealthy target", () => {
      const observed = healthy();
      Object.assign(observed.targets[3]!, { state: "unhealthy", reason: "404" });
      assert.deepEqual(checkColour(colour, observed, scales), ["target i-2 is unhealthy: 404"]);
    });

    it("reports fewer targets than the minimum", () => {
      const observed = healthy();
      assert.include(
        checkColour(colour, observed, { ...scales, size: 3 }),
        "2 of 3 targets are healthy in users-green-on-blue",
      );
    });
  });

  it("counts no task of a worker whose agent is disconnected: nobody else says that it runs", () => {
    const observed = { ...healthy(), targets: [] };
    Object.assign(observed.instances[1]!, { agent: "disconnected" });
    assert.deepEqual(checkColour({ ...colour, targetGroups: [] }, observed, { size: 2, digest }), [
      "1 of 2 tasks run task-definition/users-green:v2",
    ]);
  });

  for (const { title, change, problems } of table) {
    it(title, () => {
      const observed = healthy();
      change(observed);
      assert.deepEqual(checkColour(colour, observed, { size: 2, digest }), problems);
    });
  }
});
