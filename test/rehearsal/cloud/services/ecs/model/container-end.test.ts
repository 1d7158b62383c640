import { join } from "node:path";
import { expect } from "chai";
import type { ContainerEnded } from "../../../../../../rehearsal/cloud/kernel/events";
import type { DaemonService } from "../../../../../../rehearsal/cloud/services/ecs/model/daemon-service";
import { Scene } from "../../../compute-scene";
import { workerRequest } from "./task-request";

const node = (script: string) => [process.execPath, "-e", script];
const WAITS = 'console.log("ready"); setInterval(() => {}, 1000);';
/** Holds its container for ever, whatever signal it gets. */
const STUBBORN = node(`process.on("SIGTERM", () => {}); ${WAITS}`);
const OBEDIENT = node(`process.on("SIGTERM", () => process.exit(0)); ${WAITS}`);
/** AWS seconds in one real second. */
const SPEED = 400;
/**
 * Real seconds between SIGTERM and SIGKILL for a container without a stopTimeout, which has 30 AWS seconds: 29 of them
 * pass as fast as AWS's time here, and the last one is a real second.
 */
const GRACE_SECONDS = 29 / SPEED + 1;

describe("rehearsal/cloud/services/ecs/model/container-end: the event of an end", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene({ bootSeconds: 0, speed: SPEED });
    await scene.startInstance();
  });
  afterEach(() => scene.close());

  function serve(command: string[], others: readonly Record<string, unknown>[] = []): DaemonService {
    return scene.serve("users", workerRequest({ command, release: "v2", others }));
  }
  const ends = () => scene.events.filter((event): event is ContainerEnded => event.kind === "containerEnded");
  const ended = (count = 1) => scene.until(`${count} ended`, () => ends().length >= count);
  const ready = (count = 1) =>
    scene.until("its line", () => scene.written.filter((line) => line.endsWith(": ready")).length >= count);

  for (const exitCode of [0, 7])
    it(`says of a service's task that ends with ${exitCode} that nobody had asked it to, and where its output is`, async () => {
      serve(node(`console.log("starts"); setTimeout(() => process.exit(${exitCode}), 50)`));
      await ended();
      const [{ atMs, ranSeconds, said, ...end }] = ends() as [ContainerEnded];
      const { taskId } = end;
      expect(end).to.deep.equal({
        ...{ kind: "containerEnded", taskId, service: "users", release: "v2", container: "users", exitCode },
        ...{ isOfService: true, isEssential: true, how: "byItself", graceSeconds: null },
        log: join(scene.directory, "logs", "users", `blue/users/${taskId}.log`),
      });
      expect(said).to.be.oneOf(exitCode === 0 ? [null] : [null, "starts"]);
      expect(ranSeconds).to.be.above(0);
      expect(atMs).to.be.a("number");
    });

  it("says of one that ECS stops how it ended, and which time it had", async () => {
    const service = serve(OBEDIENT);
    await ready();
    await service.tasks[0]!.stop("enough", "ServiceSchedulerInitiated");
    expect(ends()[0]).to.include({ how: "stopped", exitCode: 0, graceSeconds: GRACE_SECONDS });
  });

  it("says of one that still ran at the end of its time that it was killed", async () => {
    const service = serve(STUBBORN);
    await ready();
    await service.tasks[0]!.stop("enough", "ServiceSchedulerInitiated");
    expect(ends()[0]).to.include({ how: "killed", exitCode: 137, graceSeconds: GRACE_SECONDS });
  });

  it("says of what goes with an essential container that it was stopped, not that it ended by itself", async () => {
    const logConfiguration = { ...workerRequest().container.logConfiguration };
    const agent = { name: "agent", image: workerRequest().container.image, memory: 64, command: OBEDIENT };
    serve(node('setTimeout(() => process.exit(3), 1000); console.log("ready")'), [{ ...agent, logConfiguration }]);
    await ended(2);
    const [first, second] = ends();
    expect(first).to.include({ container: "users", how: "byItself" });
    expect(second).to.include({ container: "agent", how: "stopped", taskId: first!.taskId });
  });

  it("says of one that a fault or the end of its machine takes that it was lost", async () => {
    const service = serve(STUBBORN);
    await ready();
    scene.context.faults.add({ kind: "crashLoop", service: "users", afterSeconds: 0, count: 1 });
    await ended();
    await ready(2);
    const [task] = service.tasks;
    void scene.compute.instances.terminate(task!.host.instance.instanceId, "loss");
    await ended(2);
    expect(ends().map(({ how }) => how)).to.deep.equal(["lost", "lost"]);
  });

  it("says of those that run at the cloud's end that they were lost", async () => {
    serve(STUBBORN);
    await ready();
    scene.stop();
    await ended();
    expect(ends()[0]).to.include({ how: "lost" });
  });
});
