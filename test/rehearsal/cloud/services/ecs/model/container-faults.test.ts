import { expect } from "chai";
import {
  meansOf,
  probeSurroundings,
  type SurroundingsMeans,
} from "../../../../../../rehearsal/cloud/processes/surroundings";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { API_PORT, IMAGE, Scene } from "../../../compute-scene";
import { taskRequest, workerRequest } from "./task-request";

/** Beginning of the addresses of this file's containers. */
const NETWORK_NUMBER = 251;

const node = (script: string) => [process.execPath, "-e", script];
const serve = (port: number, address: string) =>
  node(`require("node:http").createServer((_, r) => r.end("here")).listen(${port}, "${address}");
    process.on("SIGTERM", () => process.exit(0));`);
const TMPFS = { linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 2 }] } };

interface Ends {
  what: string;
  /** What this machine has to allow; a fault that it does not allow to be tried is skipped, as a rehearsal says. */
  needs: keyof SurroundingsMeans;
  command: string[];
  container?: Record<string, unknown>;
  exitCode: number;
  /** The last line of the task's log that says why. */
  log?: RegExp;
  reason?: string;
  problem?: RegExp;
}

/** Containers that end by themselves (aws-rules C31, C32). */
const ENDS: Ends[] = [
  {
    what: "writes beside its code",
    needs: "readOnlyRoot",
    command: node('require("node:fs").writeFileSync("written", "x")'),
    exitCode: 1,
    log: /Error: EROFS: read-only file system, open 'written'/,
  },
  {
    what: "writes to another folder of its image",
    needs: "readOnlyRoot",
    command: ["sh", "-c", "true >/var/written"],
    exitCode: 2,
    log: /Read-only file system/,
  },
  {
    what: "writes to /tmp without a tmpfs",
    needs: "readOnlyRoot",
    command: node('require("node:fs").writeFileSync("/tmp/aoshingo-written", "x")'),
    exitCode: 1,
    log: /EROFS/,
  },
  {
    what: "writes to its tmpfs, which is empty at first",
    needs: "readOnlyRoot",
    command: node(
      'const fs = require("node:fs"); fs.writeFileSync("/tmp/written", "x"); fs.readFileSync("/tmp/written")',
    ),
    container: TMPFS,
    exitCode: 0,
  },
  {
    what: "writes more to its tmpfs than fits",
    needs: "readOnlyRoot",
    command: node('require("node:fs").writeFileSync("/tmp/written", Buffer.alloc(3 * 1024 * 1024))'),
    container: TMPFS,
    exitCode: 1,
    log: /ENOSPC/,
  },
  {
    what: "writes where its definition lets it",
    needs: "readOnlyRoot",
    command: node('require("node:fs").writeFileSync("written", "x")'),
    container: { readonlyRootFilesystem: false },
    exitCode: 0,
  },
  {
    what: "holds more memory than its limit",
    needs: "memoryLimit",
    // It ends by itself long after it should have been killed, so that a container without a limit is seen, too.
    command: node("const held = Buffer.alloc(300 * 1024 * 1024, 1); setTimeout(() => held[0], 20_000)"),
    container: { memory: 128, memoryReservation: undefined },
    exitCode: 137,
    reason: "OutOfMemoryError: Container killed due to memory usage",
    problem: /^users was killed because it used more than its 128 MiB of memory \(OutOfMemoryError, exit code 137\)/,
  },
  {
    what: "has less memory than its limit",
    needs: "memoryLimit",
    command: node("Buffer.alloc(20 * 1024 * 1024, 1)"),
    container: { memory: 128, memoryReservation: undefined },
    exitCode: 0,
  },
  {
    what: "is its first process",
    needs: "firstProcess",
    command: ["sh", "-c", "exit $$"],
    exitCode: 1,
  },
];

describe("rehearsal/cloud/services/ecs/model: containers as they are", () => {
  let scene: Scene;
  let means: SurroundingsMeans;

  before(async () => {
    const surroundings = await probeSurroundings(NETWORK_NUMBER);
    means = meansOf(surroundings);
    scene = new Scene({ bootSeconds: 0, surroundings });
    scene.addImage(IMAGE, ["true"]);
    scene.addImage(IMAGE.replaceAll("a".repeat(64), "e".repeat(64)), ["true"], "arm64");
    await scene.startInstance();
  });
  after(() => scene.close());

  function run(definition: ReturnType<typeof taskRequest>): Task {
    const { ecs } = scene.compute;
    return ecs.runTask("users", {
      ...{ definition: ecs.taskDefinitions.register(definition), count: 1, startedBy: undefined, group: undefined },
      ...{ overrides: { environment: [] }, clientToken: undefined },
    }).tasks[0]!;
  }
  const logOf = ({ id }: Task) => scene.written.flatMap((line) => line.split(`${id}: `)[1] ?? []).join("\n");
  const problemsOf = ({ id }: Task) =>
    scene.events.flatMap((event) => (event.kind === "problem" && event.taskId === id ? [event.problem] : []));

  for (const { what, needs, command, container = {}, exitCode, log, reason, problem } of ENDS) {
    it(`one that ${what} ends with ${exitCode}`, async function () {
      if (means[needs] === null) this.skip();
      const task = run(workerRequest({ command, container }));
      await task.stopped;
      expect(task.exitCode, logOf(task)).to.equal(exitCode);
      expect(task.containerReason).to.equal(reason);
      if (log) {
        await scene.until("the cause in its log", () => log.test(logOf(task)));
        expect(task.explain().join("; ")).to.match(log);
      }
      if (problem) expect(problemsOf(task).join("; ")).to.match(problem);
      else expect(problemsOf(task)).to.deep.equal([]);
    });
  }

  // aws-rules C33.
  it("one that listens on 127.0.0.1 only is reached by nobody, and the cloud says why", async function () {
    if (means.loopback === null) this.skip();
    const task = run(taskRequest({ command: serve(3000, "127.0.0.1") }));
    const listening = /^users listens on 127.0.0.1 only, which nothing outside its container reaches: let it listen on/;
    // Where it shares this machine's network, its port is not the one that it is told.
    if (means.ownNetwork !== null) {
      await scene.until("its explanation", () => listening.test(task.explain().join()));
      await scene.until("the line in the cloud's log", () => scene.context.lines.some((line) => listening.test(line)));
    }
    expect(scene.targets.endpoints.size).to.equal(0);
    await task.stop("enough", "UserInitiated");
  });

  it("one that listens on another port than it declares is reached by nobody, and the cloud says why", async function () {
    if (means.ownNetwork === null) this.skip();
    const task = run(taskRequest({ command: serve(4000, "0.0.0.0") }));
    const wrong = "users listens on port 4000, and load balancers reach only port 3000 of its container";
    await scene.until("its explanation", () => task.explain().join().startsWith(wrong));
    expect(scene.targets.endpoints.size).to.equal(0);
    await task.stop("enough", "UserInitiated");
  });

  it("two that use the same container port, and no variable, are both reached", async function () {
    if (means.ownNetwork === null) this.skip();
    const tasks = [8081, 8082].map((hostPort) =>
      run(taskRequest({ ...{ hostPort, cpu: 256, memory: 256 }, command: serve(3000, "0.0.0.0") })),
    );
    await scene.until("two endpoints", () => scene.targets.endpoints.size === 2);
    for (const { address, port } of scene.targets.endpoints.values()) {
      expect(port).to.equal(3000);
      const response = await fetch(`http://${address}:${port}/`);
      expect(await response.text()).to.equal("here");
    }
    await Promise.all(tasks.map((task) => task.stop("enough", "UserInitiated")));
  });

  it("one with a network of its own reaches the cloud's API, and nothing of this machine", async function () {
    if (means.ownNetwork === null) this.skip();
    const script = `const { connect } = require("node:net");
      connect(${API_PORT}, "127.0.0.1").on("data", (data) => console.log(String(data)));
      connect(80, "198.51.100.1").on("error", ({ code }) => console.log(code));`;
    const task = run(workerRequest({ command: node(script) }));
    await task.stopped;
    await scene.until("both lines", () => logOf(task).split("\n").length === 2);
    expect(logOf(task).split("\n").sort()).to.deep.equal(["ENETUNREACH", "the API"]);
  });

  // aws-rules C19.
  it("a shell that has no handler for SIGTERM keeps it from the program, and is killed", async function () {
    if (means.firstProcess === null) this.skip();
    const program = `trap 'echo "SIGTERM came"; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
    const task = run(workerRequest({ command: ["sh", "-c", `sh -c '${program.replaceAll("'", `'\\''`)}'; true`] }));
    await scene.until("its line", () => logOf(task).includes("ready"));
    await task.stop("enough", "UserInitiated");
    expect(task.exitCode).to.equal(137);
    expect(logOf(task)).to.equal("ready");
    expect(problemsOf(task).join()).to.match(
      /^users was killed without a chance to end its work: its first process \(sh -c /,
    );
  });

  it("a program without a handler ends by SIGTERM behind an init process, and a shell takes its program with it (C35)", async function () {
    if (means.firstProcess === null) this.skip();
    const container = { linuxParameters: { initProcessEnabled: true } };
    const silent = run(
      workerRequest({ container, command: node('console.log("ready"); setInterval(() => {}, 1000)') }),
    );
    const wrapped = run(workerRequest({ container, command: ["sh", "-c", "echo ready; sleep 1000; true"] }));
    for (const task of [silent, wrapped]) await scene.until("its line", () => logOf(task).includes("ready"));
    await Promise.all([silent, wrapped].map((task) => task.stop("enough", "UserInitiated")));
    expect([silent.exitCode, wrapped.exitCode]).to.deep.equal([143, 143]);
    expect(problemsOf(silent)).to.deep.equal([]);
    expect(problemsOf(wrapped).join()).to.match(
      /^users was killed without a chance to end its work: its first process \(sh -c /,
    );
  });

  it("a program that handles SIGTERM ends by it", async () => {
    const task = run(
      workerRequest({
        command: node(
          'process.on("SIGTERM", () => process.exit(3)); console.log("ready"); setInterval(() => {}, 1000)',
        ),
      }),
    );
    await scene.until("its line", () => logOf(task).includes("ready"));
    await task.stop("enough", "UserInitiated");
    expect(task.exitCode).to.equal(3);
    expect(problemsOf(task)).to.deep.equal([]);
  });

  it("each tells how it has its surroundings; only a server is told where to listen (C33)", async () => {
    const tasks = [run(taskRequest({ command: ["true"] })), run(workerRequest({ command: ["true"] }))];
    const before = scene.events.length;
    await Promise.all(tasks.map((task) => task.stopped));
    const told = scene.events.slice(before).flatMap((event) => (event.kind === "surroundings" ? [event] : []));
    const { loopback, allAddresses, ...others } = means;
    expect(told.map(({ container }) => container)).to.deep.equal(["users", "users"]);
    expect(told.map((event) => event.means)).to.have.deep.members([{ loopback, allAddresses, ...others }, others]);
  });

  it("one of another processor than its instance's ends with an exec format error (K5)", async () => {
    const image = IMAGE.replaceAll("a".repeat(64), "e".repeat(64));
    const task = run(workerRequest({ image, command: ["node", "main.js"] }));
    await task.stopped;
    expect(task).to.include({ exitCode: 1, stopCode: "EssentialContainerExited" });
    await scene.until("its log", () => logOf(task) === "exec node: exec format error");
    expect(scene.context.lines.join("\n")).to.match(
      /users cannot start: its image users@sha256:e+ is built for linux\/arm64, and its instances \(t3.small\) run linux\/amd64/,
    );
  });
});
