import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { WebSocket } from "ws";
import { Session } from "../../../../../../automation/exec/session";
import type { ExecSession } from "../../../../../../automation/ports/exec";
import {
  meansOf,
  probeSurroundings,
  type SurroundingsMeans,
} from "../../../../../../rehearsal/cloud/processes/surroundings";
import { hasTerminals } from "../../../../../../rehearsal/cloud/processes/terminal-process";
import { describedTask } from "../../../../../../rehearsal/cloud/services/ecs/api/descriptions";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { IMAGE, NEXT_IMAGE, Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

/** Beginning of the addresses of this file's containers. */
const NETWORK_NUMBER = 249;
const FOR_EVER = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
const TMPFS = { linuxParameters: { initProcessEnabled: true, tmpfs: [{ containerPath: "/tmp", size: 2 }] } };
const NOT_ENABLED = /execute command was not enabled when the task was run or the execute command agent isn’t running/;

interface Definition {
  container?: Record<string, unknown>;
  others?: readonly Record<string, unknown>[];
}

/** Sessions of ECS Exec by the client of `exec`, in tasks with real processes. */
describe("rehearsal/cloud/services/ecs/model/exec-sessions", () => {
  let scene: Scene;
  let means: SurroundingsMeans;

  before(async function () {
    // Without it the cloud refuses each session with that reason.
    if (!hasTerminals()) this.skip();
    const surroundings = await probeSurroundings(NETWORK_NUMBER);
    means = meansOf(surroundings);
    scene = new Scene({ bootSeconds: 0, surroundings });
    await scene.startInstance();
    scene.logGroups.add("sessions");
    scene.compute.ecs.cluster("users").execConfiguration = {
      ...{ logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName: "sessions" } },
    };
  });
  after(() => scene?.close());
  afterEach(() => {
    scene.denied.clear();
    scene.noRoute.clear();
  });

  /** A task that runs, with its agents. */
  async function running({ container = {}, others = [] }: Definition = {}, enableExecuteCommand = true): Promise<Task> {
    const { ecs } = scene.compute;
    const own = { readonlyRootFilesystem: false, ...TMPFS, ...container };
    const definition = ecs.taskDefinitions.register(workerRequest({ command: FOR_EVER, container: own, others }));
    const asked = { startedBy: undefined, group: undefined, overrides: { environment: [] }, clientToken: undefined };
    const [task] = ecs.runTask("users", { definition, count: 1, enableExecuteCommand, ...asked }).tasks;
    await scene.until("the task", () => task!.lastStatus === "RUNNING");
    if (enableExecuteCommand) await scene.until("its agent", () => agentOf(task!) !== "PENDING");
    return task!;
  }

  const agentOf = (task: Task) =>
    describedTask(task, scene.compute.ecs.cluster("users")).containers[0]!.managedAgents?.[0]?.lastStatus;

  async function execute(task: Task, command: string, more: object = {}): Promise<ExecSession> {
    const { ExecuteCommand } = scene.apis.ecs!.operations;
    const input = { cluster: "users", task: task.id, command, interactive: true, ...more };
    const answer = (await ExecuteCommand!(input, {} as never)) as { session: Record<string, string> };
    const { sessionId = "", streamUrl = "", tokenValue = "" } = answer.session;
    return { id: sessionId, url: streamUrl, token: tokenValue };
  }

  async function refused(task: Task, more: object = {}): Promise<string> {
    return execute(task, "sh", more).then(
      () => "not at all",
      ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
    );
  }

  /** Runs a command to its end. Returns what it printed, with what was typed. */
  async function run(opened: ExecSession, onReady: (session: Session) => void = () => {}): Promise<string> {
    let printed = "";
    const session: Session = new Session(opened, {
      onOutput: (bytes) => {
        printed += bytes.toString();
      },
      onReady: () => onReady(session),
    });
    const reason = await session.ended;
    return reason === "" ? printed : `ended: ${reason}`;
  }

  /** Stops a task and waits for its end. */
  const stop = (task: Task) => task.stop("test", "UserInitiated");

  it("runs a command with the task's environment, without a shell", async () => {
    const task = await running();
    expect(await run(await execute(task, `printenv RELEASE FROM_IMAGE TERM`))).to.equal(
      "1\r\nyes\r\nxterm-256color\r\n",
    );
    expect(await run(await execute(task, `echo 'a  b' '$RELEASE'`))).to.equal("a  b $RELEASE\r\n");
    await stop(task);
  });

  it("is in the container: with its processes, its /tmp, and a root that a shell here cannot write to", async function () {
    if (!means.readOnlyRoot) this.skip();
    const task = await running();
    const processes = await run(await execute(task, "sh -c 'echo /proc/[0-9]*'"));
    expect(processes.trim().split(" ").length).to.be.lessThan(8);
    const path = `/tmp/aoshingo-exec-${process.pid}`;
    expect(await run(await execute(task, `sh -c 'echo x >${path}; cat ${path}; : >/aoshingo-exec'`))).to.match(
      /^x\r\n.*Read-only file system\r\n$/s,
    );
    expect(existsSync(path)).to.equal(false);
    await stop(task);
  });

  it("is a terminal: it types, interrupts, and has the size of the client's window", async () => {
    const task = await running();
    let printed = "";
    const session: Session = new Session(await execute(task, "sh"), {
      onOutput: (bytes) => {
        printed += bytes.toString();
      },
      onReady: () => session.resize({ cols: 91, rows: 17 }),
    });
    const see = (text: string | RegExp) => scene.until(String(text), () => printed.match(text));
    const type = (text: string) => session.input(Buffer.from(text));
    await see(/[#$] $/);
    // The size is set beside the input.
    await scene.until("the window's size", () => {
      if (!printed.includes("17 91")) void type("stty size\n");
      return printed.includes("17 91");
    });
    await type("echo before; sleep 100\n");
    await see(/before\r\n/);
    // A shell that is about to start the program takes an interrupt for itself, and starts it all the same.
    await scene.until("the interrupt", () => {
      const isPrompt = /before\r\n.*[#$] $/s.test(printed);
      if (!isPrompt) void type("\u0003");
      return isPrompt;
    });
    await type("echo after\n");
    await see(/after\r\n/);
    await type("\u0004");
    expect(await session.ended).to.equal("");
    await stop(task);
  });

  it("takes more input than one message has, and gives more output", async () => {
    const task = await running();
    // A terminal takes lines of up to 4,095 characters.
    const line = "0123456789".repeat(300);
    const counted = await run(await execute(task, "wc -c"), (session) => {
      void session.input(Buffer.from(`${line}\n\u0004`));
    });
    expect(counted.trim().split(/\s+/).at(-1)).to.equal("3001");
    const numbers = await run(await execute(task, "seq 1 5000"));
    expect(numbers.split("\r\n").slice(0, -1)).to.deep.equal(
      Array.from({ length: 5000 }, (_, index) => `${index + 1}`),
    );
    await stop(task);
  });

  it("logs what the terminal shows, in a stream of the session's name (C48)", async () => {
    const task = await running();
    const opened = await execute(task, "printf '\\033[1mone\\033[0m\\ntwo'");
    await run(opened);
    const lines = () => scene.written.filter((written) => written.includes(opened.id));
    expect(lines()).to.deep.equal([`sessions ${opened.id}: one`, `sessions ${opened.id}: two`]);
    scene.denied.add("logs:PutLogEvents");
    const unlogged = await execute(task, "echo hello");
    expect(await run(unlogged)).to.equal("hello\r\n");
    expect(scene.written.some((written) => written.includes(unlogged.id))).to.equal(false);
    expect(scene.context.lines.join("\n")).to.contain(`session ${unlogged.id} is not logged: role users-task`);
    await stop(task);
  });

  it("says that there is no such program", async () => {
    const task = await running();
    expect(await run(await execute(task, "no-such-program"))).to.equal(
      'ended: Unable to start command: Failed to start pty: exec: "no-such-program": executable file not found in $PATH',
    );
    await stop(task);
  });

  it("is refused in a container of this machine's Docker, where it would be outside", async () => {
    const { config } = scene.images.get(IMAGE)!;
    // Stands for the launcher of `docker run`, whose options come first.
    const launcher = join(scene.directory, "launcher.js");
    writeFileSync(launcher, "setInterval(() => {}, 1000);");
    const { command } = config;
    Object.assign(config, { docker: true, command: [process.execPath, launcher, `sha256:${"0".repeat(64)}`] });
    const task = await running();
    Object.assign(config, { docker: false, command });
    expect(await run(await execute(task, "sh"))).to.match(
      /^ended: .* no session in a container of this machine's Docker/,
    );
    await stop(task);
  });

  it("ends with its task", async () => {
    const task = await running();
    let printed = "";
    const session = new Session(await execute(task, "sh -c 'echo on; sleep 100'"), {
      onOutput: (bytes) => {
        printed += bytes.toString();
      },
      onReady: () => {},
    });
    await scene.until("the command", () => printed.includes("on"));
    await stop(task);
    expect(await session.ended).to.equal("");
  });

  it("opens for its token alone, and once", async () => {
    const task = await running();
    const opened = await execute(task, "echo hello");
    const wrong = new WebSocket(opened.url);
    wrong.on("open", () => wrong.send(JSON.stringify({ TokenValue: "wrong" })));
    expect(await new Promise((resolve) => wrong.on("close", resolve))).to.equal(1008);
    expect(await run(opened)).to.equal("hello\r\n");
    const again = await run(opened).catch((error: Error) => error.message);
    expect(again).to.equal("the connection to the session is lost: the token is not that of the session");
    await stop(task);
  });

  it("has no channel for what is no session, whatever is sent there", async () => {
    const task = await running();
    const { url, id } = await execute(task, "echo hello");
    const none = new WebSocket(url.replace(id, "none"));
    none.on("open", () => none.send("{}"));
    expect(await new Promise((resolve) => none.on("close", resolve))).to.equal(1008);
    await stop(task);
  });

  it("is refused for a task that was started without, and for one whose root is read-only (C46)", async () => {
    const without = await running({}, false);
    expect(describedTask(without, scene.compute.ecs.cluster("users")).enableExecuteCommand).to.equal(false);
    expect(await refused(without))
      .to.match(/^InvalidParameterException: /)
      .and.match(NOT_ENABLED);
    await stop(without);
    const readOnly = await running({ container: { readonlyRootFilesystem: true } });
    expect(agentOf(readOnly)).to.equal("STOPPED");
    expect(await refused(readOnly)).to.match(NOT_ENABLED);
    await stop(readOnly);
  });

  it("is refused while SSM does not reach the agent: no permission, no route (C47)", async () => {
    const task = await running();
    scene.denied.add("ssmmessages:OpenDataChannel");
    expect(await refused(task)).to.match(/^TargetNotConnectedException: /);
    scene.denied.clear();
    scene.noRoute.set("ssmmessages", "no NAT");
    expect(await refused(task)).to.match(/^TargetNotConnectedException: /);
    await stop(task);
  });

  it("names a container of several, and is interactive (C49)", async () => {
    const others = [{ name: "agent", image: NEXT_IMAGE, memory: 64, command: FOR_EVER }];
    const task = await running({ others });
    expect(await refused(task)).to.match(/^InvalidParameterException: .*container name must be specified/);
    expect(await refused(task, { container: "none" })).to.match(/^InvalidParameterException: .*none/);
    expect(await refused(task, { container: "agent", interactive: false })).to.equal(
      "InvalidParameterException: Interactive is the only mode supported currently.",
    );
    expect(await run(await execute(task, "printenv FROM_IMAGE", { container: "agent" }))).to.equal("yes\r\n");
    await stop(task);
  });

  it("is refused for a task that is not there", async () => {
    expect(await refused({ id: "0".repeat(32) } as Task)).to.equal(
      "InvalidParameterException: The referenced task was not found.",
    );
  });
});
