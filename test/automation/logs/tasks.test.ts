import { assert } from "chai";
import { observedTasks, tasksText } from "../../../automation/logs/tasks";
import { digestOf, Scene } from "../deploy/scene";
import { live } from "../deploy/worlds";

describe("the tasks of a service", () => {
  it("are those of both colours, the active one's first, each with its image and health", async () => {
    const scene = new Scene(live({ active: "green", blue: ["v1", 1], green: ["v2", 2] }));
    scene.look = (cluster, seen) =>
      cluster === "users-green"
        ? {
            ...seen,
            tasks: [
              { ...seen.tasks[0]!, id: "arn:aws:ecs:r:1:task/users-green/t1" },
              { ...seen.tasks[1]!, id: "arn:aws:ecs:r:1:task/users-green/t2", status: "PENDING", digests: {} },
            ],
            targets: seen.targets.filter(({ instanceId }) => instanceId === "i-green-1"),
          }
        : { ...seen, tasks: seen.tasks.map((task) => ({ ...task, id: "t0", digests: { users: digestOf("v7") } })) };
    const tasks = await observedTasks(scene.context.observer, scene.stack.current!, "users");
    assert.deepEqual(tasksText(tasks).split("\n"), [
      "COLOUR       RELEASE  TASK  INSTANCE   STATUS   IMAGE        HEALTHY IN",
      "green        v2       t1    i-green-1  RUNNING  as deployed  2 of 2",
      "green        v2       t2    i-green-2  PENDING  -            0 of 2",
      "blue (idle)  v1       t0    i-blue-1   RUNNING  another one  2 of 2",
    ]);
    const withExec = [{ ...tasks[0]!, exec: "RUNNING" }, tasks[2]!];
    assert.deepEqual(tasksText(withExec).split("\n"), [
      "COLOUR       RELEASE  TASK  INSTANCE   STATUS   IMAGE        HEALTHY IN  EXEC",
      "green        v2       t1    i-green-1  RUNNING  as deployed  2 of 2      RUNNING",
      "blue (idle)  v1       t0    i-blue-1   RUNNING  another one  2 of 2      -",
    ]);
    assert.deepInclude(tasks[0], { colour: "green", isActive: true, task: "t1", hasReleaseImage: true });
    assert.equal(tasksText([]), "No task runs.");
    scene.close();
  });
});
