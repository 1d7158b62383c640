import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { TaskEnvironments, TaskPlace } from "../../../../../../rehearsal/cloud/kernel/ports";
import { Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

describe("rehearsal/cloud/services/ecs/model/task", () => {
  let scene: Scene;
  let places: TaskPlace[];
  let closed: string[];
  let openError: Error | undefined;

  const taskEnvironments: TaskEnvironments = {
    async open(place) {
      if (openError) throw openError;
      places.push(place);
      place.log("network is up");
      const environment = { HTTPS_PROXY: "http://127.0.0.1:1", RELEASE: "of the network" };
      const routes = [{ host: "main.rds.amazonaws.com", port: 5432, localPort: 4711 }];
      return { environment, hosts: [], routes, close: async () => void closed.push(place.taskId) };
    },
  };

  beforeEach(async () => {
    places = [];
    closed = [];
    openError = undefined;
    scene = new Scene({ bootSeconds: 0, taskEnvironments });
    await scene.startInstance();
  });
  afterEach(() => scene.close());

  const run = (command: string[], container: Record<string, unknown> = {}) => {
    const { tasks } = scene.compute.ecs.runTask("users", {
      definition: scene.compute.ecs.taskDefinitions.register(workerRequest({ command, container })),
      count: 1,
      startedBy: undefined,
      group: undefined,
      overrides: { environment: [] },
      clientToken: undefined,
    });
    return tasks[0]!;
  };
  const printed = (task: { id: string }) =>
    scene.written.flatMap((line) => line.split(`${task.id}: `)[1] ?? []).join("\n");

  it("gives its process the environment of the network while it runs; its own variables take precedence", async () => {
    const task = run(["sh", "-c", 'echo "$HTTPS_PROXY $RELEASE [$HOST]"; sleep 60']);
    await scene.until("its line", () => printed(task) === "network is up\nhttp://127.0.0.1:1 1 []");
    const { instance } = task.host;
    expect({ ...places[0]!, log: undefined }).to.deep.equal({
      taskId: task.id,
      instanceId: instance.instanceId,
      vpcId: "vpc-1",
      subnetId: "subnet-a",
      securityGroupIds: ["sg-users"],
      service: "users",
      taskRoleArn: "arn:aws:iam::123456789012:role/users-task",
      network: undefined,
      log: undefined,
    });
    expect(closed).to.deep.equal([]);
    expect(scene.compute.ecs.processIds(instance.instanceId)).to.deep.equal([task.processId]);
    await task.stop("enough", "UserInitiated");
    expect(closed).to.deep.equal([task.id]);
    expect(scene.compute.ecs.processIds(instance.instanceId)).to.deep.equal([]);
  });

  it("closes the environment when the process cannot start", async () => {
    const task = run(["no-such-program"]);
    await task.stopped;
    expect(task.stoppedReason).to.contain('exec: "no-such-program": executable file not found in $PATH');
    expect(closed).to.deep.equal([task.id]);
  });

  it("does not start when the environment cannot be opened", async () => {
    openError = new Error("no free port");
    const task = run(["true"]);
    await task.stopped;
    expect(task).to.include({ stopCode: "TaskFailedToStart", stoppedReason: "no free port", exitCode: undefined });
  });

  it("has a separate folder for its tmpfs, which is removed with the task", async () => {
    const tmpfs = { linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] } };
    const script = 'ls -A "$TMPDIR" | wc -l; touch "$TMPDIR/file"; echo "$TMPDIR"; sleep 60';
    const tasks = [run(["sh", "-c", script], tmpfs), run(["sh", "-c", script], tmpfs)];
    const folderOf = (task: { id: string }) => printed(task).split("\n")[2] ?? "";
    await scene.until("their folders", () => tasks.every((task) => existsSync(join(folderOf(task), "file"))));
    for (const task of tasks) expect(printed(task).split("\n")[1]).to.equal("0");
    expect(folderOf(tasks[0]!)).to.not.equal(folderOf(tasks[1]!));
    await Promise.all(tasks.map((task) => task.stop("enough", "UserInitiated")));
    expect(tasks.map((task) => existsSync(folderOf(task)))).to.deep.equal([false, false]);
  });

  it("has no folder without a tmpfs", async () => {
    const task = run(["sh", "-c", 'echo "[$TMPDIR]"']);
    await task.stopped;
    expect(printed(task)).to.contain("[]");
  });

  it("finds a database on this machine, where it shares its network, and leaves other hosts as they are", async () => {
    const script = ["sh", "-c", 'echo "$PGHOST:$PGPORT"'];
    const at = (host: string) =>
      run(script, {
        environment: [
          { name: "PGHOST", value: host },
          { name: "PGPORT", value: "5432" },
        ],
      });
    const [own, other] = [at("main.rds.amazonaws.com"), at("db.example.com")];
    await Promise.all([own.stopped, other.stopped]);
    expect(printed(own)).to.contain("127.0.0.1:4711");
    expect(printed(other)).to.contain("db.example.com:5432");
  });

  it("registers no endpoint for a worker", async () => {
    const task = run(["sleep", "60"]);
    await scene.until("a running task", () => task.lastStatus === "RUNNING");
    await scene.context.clock.sleep(30);
    expect(scene.targets.endpoints.size).to.equal(0);
  });
});
