import { assert } from "chai";
import { healthOf, healthOfAll } from "../../../automation/status/health";
import { Scene } from "../deploy/scene";
import { live, outputsOf, together } from "../deploy/worlds";

describe("health", () => {
  let scene: Scene;
  const state = live({ active: "blue", blue: ["v1", 2], green: ["v2", 1] });
  beforeEach(() => {
    scene = new Scene(state);
  });
  afterEach(() => scene.close());

  const all = async () =>
    Object.fromEntries(await healthOfAll(scene.context.observer, scene.stack.current!, scene.settings));

  it("is told of each colour that has instances", async () => {
    assert.deepEqual(await all(), {
      "users blue": { healthy: 2, wanted: 2, faults: [] },
      "users green": { healthy: 1, wanted: 1, faults: [] },
    });
    scene.stack.current = outputsOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 0] }));
    assert.hasAllKeys(await all(), ["users blue"]);
  });

  it("of an instance counts only if it is healthy in every group and runs the right image", async () => {
    scene.look = (cluster, seen) => {
      if (cluster === "users-green")
        return { ...seen, tasks: seen.tasks.map((task) => ({ ...task, digests: { users: "sha256:0" } })) };
      const [first, ...others] = seen.targets;
      return { ...seen, targets: [{ ...first!, state: "unhealthy", reason: "Target.Timeout" }, ...others] };
    };
    const health = await all();
    assert.deepInclude(health["users blue"], { healthy: 1, wanted: 2 });
    assert.include(JSON.stringify(health["users blue"]), "is unhealthy: Target.Timeout");
    assert.deepInclude(health["users green"], { healthy: 0, wanted: 1 });
  });

  it("that cannot be seen hides no other", async () => {
    scene.look = (cluster, seen) => {
      if (cluster === "users-green") throw new Error("throttled\nat once");
      return seen;
    };
    const health = await all();
    assert.deepEqual(health["users green"], { unknown: "throttled" });
    assert.deepInclude(health["users blue"], { healthy: 2 });
  });

  it("of a worker is its tasks'", () => {
    const worker = { kind: "worker", exposure: [], queue: null, migrate: undefined } as const;
    const one = together(live({ active: "green", blue: null, green: ["v7", 1] }, { service: "mailer" }));
    const { green } = outputsOf(one, { mailer: worker }).services.mailer!.colours;
    const colour = one.services.mailer!.colours.green;
    const digest = colour.release!.image.split("@")[1]!;
    const task = {
      id: "t",
      instanceId: "i",
      status: "RUNNING",
      digests: { users: digest },
      taskDefinition: green.taskDefinition!,
    };
    const instances = [{ id: "i", state: "InService", agent: "connected" as const }];
    const seen = {
      targets: [],
      instances,
      joinedInstances: 1,
      inService: 1,
      minimum: 1,
      failedActivities: [],
      failedTasks: [],
    };
    assert.deepInclude(healthOf(green, { ...seen, tasks: [task] }, colour, undefined), { healthy: 1, wanted: 1 });
    assert.deepInclude(healthOf(green, { ...seen, tasks: [] }, colour, undefined), { healthy: 0, wanted: 1 });
  });

  it("of a colour that follows its load counts what is there, and at night what its schedule wants", () => {
    const outputs = outputsOf(state).services.users!.colours.blue;
    const { blue } = state.services.users!.colours;
    const range = { min: 1, max: 9, targetCpuPercent: 60, schedule: [] };
    const nothing = {
      targets: [],
      tasks: [],
      instances: [],
      joinedInstances: 4,
      inService: 4,
      minimum: 4,
      failedActivities: [],
      failedTasks: [],
    };
    assert.deepInclude(healthOf(outputs, nothing, blue, range), { healthy: 0, wanted: 4 });
    const schedule = [{ days: ["Mon" as const], from: "08:00", to: "20:00", min: 4 }];
    const byDay = { ...blue, size: 4 };
    const atNight = { ...nothing, inService: 2, minimum: 2 };
    assert.deepInclude(healthOf(outputs, atNight, byDay, range), { wanted: 4 });
    assert.deepInclude(healthOf(outputs, atNight, byDay, { ...range, schedule }), { wanted: 2 });
  });
});
