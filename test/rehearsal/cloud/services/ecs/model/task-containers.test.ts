import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isAlive } from "../../../../../../automation/core/process/process-table";
import {
  meansOf,
  probeSurroundings,
  type SurroundingsMeans,
} from "../../../../../../rehearsal/cloud/processes/surroundings";
import { describedTask } from "../../../../../../rehearsal/cloud/services/ecs/api/descriptions";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { IMAGE, NEXT_IMAGE, Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

/** Beginning of the addresses of this file's containers. */
const NETWORK_NUMBER = 250;

const node = (script: string) => [process.execPath, "-e", script];
/** Says what it gets, and ends some time after SIGTERM. */
const slow = (name: string, code = 0) =>
  node(`process.on("SIGTERM", () => { console.log("${name} got SIGTERM"); setTimeout(() => { console.log("${name} ends"); process.exit(${code}); }, 100); });
    console.log("${name} runs"); setInterval(() => {}, 1000);`);
const DEPENDS = { dependsOn: [{ containerName: "agent", condition: "START" }], links: ["agent"] };

describe("rehearsal/cloud/services/ecs/model/task-containers", () => {
  let scene: Scene;
  let means: SurroundingsMeans;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-containers-"));
    const surroundings = await probeSurroundings(NETWORK_NUMBER);
    means = meansOf(surroundings);
    scene = new Scene({ bootSeconds: 0, surroundings });
    await scene.startInstance();
  });
  after(async () => {
    await scene.close();
    await rm(folder, { recursive: true });
  });

  /** A task with a sidecar that it depends on, and has a link to. */
  function run(
    own: readonly string[],
    agent: readonly string[],
    definition: Record<string, unknown> = {},
    way: Record<string, unknown> = DEPENDS,
  ): Task {
    const { container } = workerRequest();
    const logConfiguration = { ...container.logConfiguration };
    const others = [{ name: "agent", image: NEXT_IMAGE, memory: 64, command: agent, logConfiguration, ...definition }];
    const { tasks } = scene.compute.ecs.runTask("users", {
      definition: scene.compute.ecs.taskDefinitions.register(workerRequest({ command: own, container: way, others })),
      count: 1,
      startedBy: undefined,
      group: undefined,
      overrides: { environment: [] },
      clientToken: undefined,
    });
    return tasks[0]!;
  }
  const linesOf = ({ id }: Task) => scene.written.flatMap((line) => line.split(`/${id}: `)[1] ?? []);
  const seen = (task: Task, line: string) => scene.until(line, () => linesOf(task).includes(line));
  const described = (task: Task) =>
    describedTask(task, scene.compute.ecs.cluster("users")).containers.map(
      ({ name, imageDigest, lastStatus, exitCode }) => ({ name, imageDigest, lastStatus, exitCode }),
    );

  it("stops a container when those that depend on it have ended, each logs apart (C42)", async () => {
    const task = run(slow("app"), slow("agent", 3));
    await seen(task, "app runs");
    await seen(task, "agent runs");
    expect(scene.compute.ecs.processIds(task.host.instance.instanceId)).to.have.length(2);
    await task.stop("enough", "UserInitiated");
    const lines = linesOf(task).filter((line) => !line.endsWith(" runs"));
    expect(lines).to.deep.equal(["app got SIGTERM", "app ends", "agent got SIGTERM", "agent ends"]);
    expect(scene.written).to.include(`users blue/agent/${task.id}: agent ends`);
    expect(scene.written).to.include(`users blue/users/${task.id}: app ends`);
    expect(described(task)).to.deep.equal([
      { name: "users", imageDigest: IMAGE.split("@")[1], lastStatus: "STOPPED", exitCode: 0 },
      { name: "agent", imageDigest: NEXT_IMAGE.split("@")[1], lastStatus: "STOPPED", exitCode: 3 },
    ]);
    expect(task).to.include({ stopCode: "UserInitiated", exitCode: 0 });
  });

  it("an essential container's end ends the task (C41)", async () => {
    const file = join(folder, "fail");
    const fails = `setInterval(() => {
        if (require("node:fs").existsSync(${JSON.stringify(file)})) { console.log("Error: no key"); process.exit(7); }
      }, 10);`;
    const task = run(slow("app"), node(fails));
    await seen(task, "app runs");
    await writeFile(file, "");
    await task.stopped;
    expect(task).to.include({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
    expect(described(task).map(({ exitCode }) => exitCode)).to.deep.equal([0, 7]);
    expect(linesOf(task)).to.include("app got SIGTERM");
    expect(task.explain()).to.deep.equal(["exit code 7", "its log says: Error: no key"]);
  });

  it("the end of another one does not (C41)", async () => {
    const task = run(slow("app"), ["sh", "-c", "exit 7"], { essential: false }, { ...DEPENDS, links: [] });
    await seen(task, "app runs");
    await scene.until("its end", () => described(task)[1]!.lastStatus === "STOPPED");
    expect(task).to.include({ lastStatus: "RUNNING", desiredStatus: "RUNNING" });
    expect(described(task)[0]).to.include({ lastStatus: "RUNNING", exitCode: undefined });
    await task.stop("enough", "UserInitiated");
    expect(linesOf(task)).to.include("app ends");
  });

  it("the end of one that another has a link to keeps that one from starting (C43)", async () => {
    const task = run(slow("app"), ["sh", "-c", "exit 7"], { essential: false });
    await task.stopped;
    expect(task.stopCode).to.equal("TaskFailedToStart");
    expect(task.stoppedReason).to.match(/Cannot link to a non running container: \S+-agent AS \S+-users\/agent/);
  });

  it("an instance that shuts down stops all of them at once", async () => {
    const waits = 'process.on("SIGTERM", () => {}); console.log("app runs"); setInterval(() => {}, 1000)';
    const ends = 'process.on("SIGTERM", () => process.exit(0)); console.log("agent runs"); setInterval(() => {}, 1000)';
    const task = run(node(waits), node(ends));
    await seen(task, "app runs");
    await seen(task, "agent runs");
    const first: string[] = [];
    const note = (name: string) => () => void first.push(name);
    const [app, agent] = scene.compute.ecs.processIds(task.host.instance.instanceId);
    const gone = (pid: number) => scene.until("its end", () => !isAlive(pid));
    const both = Promise.all([gone(app!).then(note("app")), gone(agent!).then(note("agent"))]);
    await task.endWithInstance(30);
    await both;
    expect(first).to.deep.equal(["agent", "app"]);
  });

  it("one that does not start ends those before it", async () => {
    const task = run(["no-such-program"], slow("agent"));
    await task.stopped;
    expect(task.stopCode).to.equal("TaskFailedToStart");
    expect(scene.compute.ecs.processIds(task.host.instance.instanceId)).to.deep.equal([]);
  });

  it("an image of a registry that the rehearsal does not have is not pulled, and the reason says so", async () => {
    const image = `public.ecr.aws/xray/aws-xray-daemon@sha256:${"d".repeat(64)}`;
    const task = run(slow("app"), slow("agent"), { image });
    await task.stopped;
    expect(task.stopCode).to.equal("TaskFailedToStart");
    expect(task.stoppedReason).to.contain(
      `pull access denied for ${image}: the rehearsal cloud has no registry but ECR: give it an image of ECR in this stack's settings`,
    );
  });

  it("a link gives a name and a way, as long as the task runs (C43)", async function () {
    if (means.ownNetwork === null) this.skip();
    const server = node(
      `require("node:http").createServer((_, r) => r.end("from the agent")).listen(4318, () => console.log("agent runs"));
       require("node:fs").appendFileSync("/dev/null", ""); process.on("SIGTERM", () => process.exit(0));`,
    );
    const client = node(
      `const { lookup } = require("node:dns");
       const ask = () => fetch("http://agent:4318/").then((r) => r.text()).then((t) => console.log(t), () => setTimeout(ask, 20));
       ask(); lookup("localhost", (_, address) => console.log("localhost is " + address));
       process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);`,
    );
    const tasks = [run(client, server), run(client, server)];
    for (const task of tasks) {
      await seen(task, "from the agent");
      await seen(task, "localhost is 127.0.0.1");
    }
    await Promise.all(tasks.map((task) => task.stop("enough", "UserInitiated")));
    // The networks are used again, without the connections.
    const again = run(client, server);
    await seen(again, "from the agent");
    await again.stop("enough", "UserInitiated");
  });
});
