import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../../../../../automation/core/project-directory";
import { PLAIN, probeSurroundings } from "../../../../../../rehearsal/cloud/processes/surroundings";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { buildImage } from "../../../../../../rehearsal/images/build-image";
import { IMAGE, Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

/** Beginning of the addresses that the probe asks for. */
const NETWORK_NUMBER = 252;
const OUT = join(PROJECT_DIRECTORY, "out");
/** What Docker says of the image. */
const INSPECTION = { Id: `sha256:${"0".repeat(64)}`, Architecture: "amd64", Config: {} };

describe("rehearsal/cloud/services/ecs/model: containers of this machine's Docker", () => {
  const path = process.env.PATH;
  let scene: Scene;
  let tools: string;
  /** Command that begins namespaces; undefined where this machine does not allow them. */
  let unshare: readonly string[] | undefined;

  before(async () => {
    ({ unshare } = await probeSurroundings(NETWORK_NUMBER));
    mkdirSync(OUT, { recursive: true });
    tools = mkdtempSync(join(OUT, "test-docker-"));
    process.env.PATH = `${tools}:${path}`;
    installDocker("exit 0");
    writeFileSync(join(tools, "rehearsal.yaml"), "docker: users:latest");
    const { command } = await imageConfig();
    scene = new Scene({ bootSeconds: 0, surroundings: { ...PLAIN, sharedAddress: "127.0.0.2" } });
    scene.addImage(IMAGE, command);
    Object.assign(scene.images.get(IMAGE)!.config, { docker: true });
    await scene.startInstance();
  });
  after(async () => {
    await scene.close();
    process.env.PATH = path;
    rmSync(tools, { recursive: true });
  });

  async function imageConfig() {
    const { config } = await buildImage(tools, []);
    return { command: config.Cmd };
  }

  /**
   * Stands in for Docker, which may not be here.
   * @param run what `docker run` does, a script
   */
  function installDocker(run: string, oomKilled = false): void {
    const script = [
      "#!/bin/sh",
      // The name is behind --name, and else the last word.
      `if [ "$1" = run ]; then name=$5; else for name; do :; done; fi`,
      `main=$(cat "${tools}/$name" 2>/dev/null)`,
      // As this machine numbers it; 0 while it does not run.
      'firstProcess() { read -r first rest <"/proc/$main/task/$main/children"; echo $((first)); }',
      `case "$*" in`,
      `"image inspect "*) echo '${JSON.stringify(INSPECTION)}' ;;`,
      "*State.Pid*) firstProcess ;;",
      `*State.OOMKilled*) echo ${oomKilled} ;;`,
      '"kill --signal SIGTERM "*) first=$(firstProcess); [ "$first" -gt 0 ] && kill -TERM "$first" ;;',
      '"rm "*) kill -KILL "$main" ;;',
      `"run "*)`,
      `${run} ;;`,
      "esac",
    ];
    // An earlier one may be just starting.
    writeFileSync(join(tools, "next"), script.join("\n"), { mode: 0o755 });
    renameSync(join(tools, "next"), join(tools, "docker"));
  }
  /** Runs a script in namespaces. As Docker's client does, it ends with the script. */
  const contained = (script: string) =>
    [
      `setsid ${unshare!.join(" ")} sh -c '${script}' &`,
      `main=$!; echo $main >"${tools}/$name"`,
      "while kill -0 $main 2>/dev/null; do wait $main; code=$?; done; exit $code",
    ].join("\n");

  function run(container: Record<string, unknown> = {}): Task {
    const { ecs } = scene.compute;
    const definition = ecs.taskDefinitions.register(workerRequest({ command: undefined, container }));
    return ecs.runTask("users", {
      ...{ definition, count: 1, startedBy: undefined, group: undefined },
      ...{ overrides: { environment: [] }, clientToken: undefined },
    }).tasks[0]!;
  }
  const problemsOf = ({ id }: Task) =>
    scene.events.flatMap((event) => (event.kind === "problem" && event.taskId === id ? [event.problem] : []));
  const told = () => scene.events.flatMap((event) => (event.kind === "surroundings" ? [event] : []));
  const seen = async () => {
    const before = told().length;
    await scene.until("its surroundings", () => told().length > before);
    return told().at(-1)!;
  };

  /** Has ECS stop a task whose first process can be seen, once it runs. */
  async function stopped(container?: Record<string, unknown>): Promise<Task> {
    const event = seen();
    const task = run(container);
    expect((await event).means.firstProcess).to.equal("Docker");
    await scene.until("its line", () => scene.written.some((line) => line.endsWith(`${task.id}: ready`)));
    await task.stop("enough", "UserInitiated");
    return task;
  }

  it("are killed for their memory by Docker, which is a problem of the service (C32)", async () => {
    installDocker("exit 137", true);
    const task = run({ memory: 128, memoryReservation: undefined });
    await task.stopped;
    expect(task).to.include({
      exitCode: 137,
      containerReason: "OutOfMemoryError: Container killed due to memory usage",
    });
    expect(problemsOf(task).join()).to.match(/^users was killed because it used more than its 128 MiB of memory/);
  });

  it("are no problem if they are killed for anything else", async () => {
    installDocker("exit 137");
    const task = run();
    await task.stopped;
    expect(task).to.include({ exitCode: 137, containerReason: undefined });
    expect(problemsOf(task)).to.deep.equal([]);
  });

  it("have their surroundings from Docker, and the first process only where it can be seen", async () => {
    installDocker("exit 0");
    const event = seen();
    await run().stopped;
    const { container, means } = await event;
    expect(container).to.equal("users");
    expect(means).to.deep.equal({
      ...{ readOnlyRoot: "Docker", memoryLimit: "Docker", image: "Docker", firstProcess: null, ownNetwork: null },
    });
  });

  it("are killed if their first process keeps SIGTERM from the program (C19)", async function () {
    if (!unshare) this.skip();
    installDocker(contained('sh -c "trap : TERM; echo ready; sleep 1000"; true'));
    const task = await stopped();
    expect(task.exitCode).to.equal(137);
    expect(problemsOf(task).join()).to.match(
      /^users was killed without a chance to end its work: its first process \(sh -c /,
    );
  });

  it("may have a shell that takes its program with it, behind an init process (C35)", async function () {
    if (!unshare) this.skip();
    // The first process passes the signal on and ends with the other one, as Docker's init process does.
    installDocker(contained('trap "kill -TERM -1" TERM; sh -c "sleep 1000 & echo ready; wait" & wait $!; exit 143'));
    const task = await stopped({ linuxParameters: { initProcessEnabled: true } });
    expect(task.exitCode).to.equal(143);
    expect(problemsOf(task).join()).to.match(
      /^users was killed without a chance to end its work: its first process \(sh -c /,
    );
  });
});
