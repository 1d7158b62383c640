import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";
import { keptWarm, warmed } from "../../../../automation/deploy/live-transitions";
import { type Colour, other } from "../../../../components/core/colour-name";
import { SCHEDULED_END } from "../../../../components/live/keep-warm";
import type { Live } from "../../../../components/live/live";
import type { Release } from "../../../../components/live/release";
import { STACK } from "../../../../rehearsal/cloud/settings-source";
import { Scene, SERVICE } from "./scene";

import program = require("../../../../index");

const PLACE = { loopback: "127.44", portOffset: 44_000, speed: 20 };

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const ECS_SERVICE = "aws:ecs/service:Service";
const GROUP = "aws:autoscaling/group:Group";
const POLICY = "aws:autoscaling/policy:Policy";
const SCHEDULED_ACTION = "aws:autoscaling/schedule:Schedule";

/** Longer than the test at the cloud's speed. */
const A_WEEK_MS = 7 * 24 * 3_600_000;

/** Each kind of state that a crash leaves behind, made by hand, on the real engine. */
describe("automation/stack/recovery: one by one", () => {
  let scene: Scene;
  let live: Live;
  let release: Release;

  before(async () => {
    scene = await Scene.start(PLACE);
    live = (await scene.outputs()).live;
    release = await scene.release("v1");
  });
  after(() => scene?.stop());

  async function deadPid(): Promise<number> {
    const child = execa("true");
    await child;
    return child.pid!;
  }

  it("has nothing to do on a clean stack", async () => {
    expect(await scene.recover()).to.deep.equal([]);
  });

  it("removes the lock of a process that has ended, and no other", async () => {
    const living = execa("sleep", ["600"]);
    const files = [await scene.leaveLock({ pid: await deadPid() }), await scene.leaveLock({ pid: living.pid! })];
    const abort = new AbortController();
    const told: string[] = [];
    const onProgress = (line: string) => {
      told.push(line);
      if (told.length === 3) abort.abort(new Error("seen enough"));
    };
    try {
      await scene.recover({ signal: abort.signal, onProgress }).then(
        () => expect.fail("a lock of somebody alive was taken away"),
        (error: Error) => expect(error.message).to.equal("seen enough"),
      );
      expect(told[0]).to.match(
        /^waiting for another update of the stack to end: root@\S+, pid \d+, since .* and root@/,
      );
      expect(files.map((file) => existsSync(file))).to.deep.equal([true, true]);
    } finally {
      living.kill("SIGKILL");
      await living.catch(() => {});
    }
    const done = await scene.recover();
    expect(done).to.have.lengthOf(1);
    expect(done[0]).to.match(/^took away the stack's lock of root@.* and root@.*: that process has ended$/);
    expect(await scene.locks()).to.deep.equal([]);
  });

  it("continues an update that meets the lock of a process that has ended", async () => {
    await scene.leaveLock({ pid: await deadPid() });
    const told: string[] = [];
    const { changes } = await scene.up(null, { onProgress: (line) => told.push(line) });
    expect(told.some((line) => line.startsWith("took away the stack's lock of "))).to.equal(true);
    expect(Object.keys(changes).sort()).to.deep.equal(["read", "same"]);
  });

  it("reads, recovers and updates a state whose attributes a killed engine left empty, which the CLI alone cannot", async () => {
    await scene.leaveTornAttributes();
    const { running } = scene;
    const alone = await running.pulumi(PROJECT_DIRECTORY, ["stack", "export", "--stack", STACK]);
    expect(alone.text).to.contain("failed to load checkpoint: EOF");
    expect((await scene.stack.outputs())!.live).to.deep.equal(live);

    await scene.leaveTornAttributes();
    await scene.leaveLock({ pid: await deadPid() });
    expect(await scene.recover()).to.have.lengthOf(1);

    await scene.leaveTornAttributes();
    const { changes } = await scene.up(null);
    expect(changes).to.include.keys("same").and.not.to.have.any.keys("create", "update", "delete", "replace");
  });

  it("removes resources that the state does not know: a first release", async () => {
    const before = await scene.state();
    const next = warmed(live, { [SERVICE]: { release, size: 2 } });
    await scene.up(next);
    const after = (await scene.state()).resources!;
    const of = (type: string, colour: Colour = "blue") =>
      after.find((resource) => resource.type === type && resource.urn.includes(`${SERVICE}-${colour}`))!;
    await scene.leaveState({
      ...before,
      pending_operations: [
        { type: "creating", resource: of(TASK) },
        { type: "creating", resource: of(ECS_SERVICE) },
        { type: "creating", resource: of(TASK, "green") },
        { type: "creating", resource: of(ECS_SERVICE, "green") },
        { type: "updating", resource: of(GROUP) },
      ],
    });

    const done = await scene.recover();
    expect(done).to.deep.equal([
      "deregistered task definition aoshingo-rehearsal-users-blue:1, which no state knows",
      `deleted ECS service ${of(ECS_SERVICE).inputs!.name}, which no state knows`,
      "deregistered task definition aoshingo-rehearsal-users-green:1, which no state knows",
      `deleted ECS service ${of(ECS_SERVICE, "green").inputs!.name}, which no state knows`,
      "ecs/taskDefinition users-blue-task was interrupted while creating: the next update creates it",
      "ecs/service users-blue-service was interrupted while creating: the next update creates it",
      "ecs/taskDefinition users-green-task was interrupted while creating: the next update creates it",
      "ecs/service users-green-service was interrupted while creating: the next update creates it",
      "autoscaling/group users-blue-instances was interrupted while updating: read again what there is",
    ]);
    expect(await scene.pendingOperations()).to.deep.equal([]);
    expect((await scene.outputs()).live).to.deep.equal(live);
    live = (await scene.up(next)).outputs.live;
    const one = { services: 1, revisions: 1, policies: 0 };
    expect(await scene.inventory()).to.deep.equal({ blue: one, green: one });
  });

  it("removes resources that the state does not know: a scaling policy", async () => {
    const before = await scene.state();
    const next = cutOver(live);
    await scene.up(next);
    const policy = (await scene.state()).resources!.find(({ type }) => type === POLICY)!;
    await scene.leaveState({ ...before, pending_operations: [{ type: "creating", resource: policy }] });

    const [first] = await scene.recover();
    expect(first).to.equal(`deleted scaling policy ${policy.inputs!.name}, which no state knows`);
    live = (await scene.up(next)).outputs.live;
    expect((await scene.inventory()).blue).to.deep.equal({ services: 1, revisions: 1, policies: 1 });
    await scene.expectClean();
  });

  it("changes nothing for a process that has lost its lease", async () => {
    const lost = new Error("the lease is lost");
    const stack = await scene.open({
      beforeProgram: async () => {
        throw lost;
      },
    });
    const options = { message: "late", signal: new AbortController().signal, onProgress: () => {} };
    const thrown = (operation: Promise<unknown>) => operation.catch((error: unknown) => error);
    try {
      expect(await thrown(stack.up(warmed(live, { [SERVICE]: { release, size: 2 } }), options))).to.equal(lost);
      expect((await stack.outputs())!.live).to.deep.equal(live);
      const file = await scene.leaveLock({ pid: await deadPid() });
      expect(await thrown(stack.recover(options))).to.equal(lost);
      expect(existsSync(file)).to.equal(true);
    } finally {
      await stack.close();
    }
    expect(await scene.recover()).to.have.lengthOf(1);
  });

  it("abandons a stopped engine after the given time, and waits for its end the next time", async () => {
    const green = await scene.release("v2");
    const abort = new AbortController();
    const stopped = new Error("stopped");
    const stack = await scene.open({}, waiting);
    const next = warmed(live, { [SERVICE]: { release: green, size: 2 } });
    const onProgress = (line: string) => {
      if (/update autoscaling\/group users-green/.test(line)) abort.abort(stopped);
    };
    const up = stack.up(next, { message: "warm", signal: abort.signal, abandonAfterMs: 100, onProgress });
    expect(await up.catch((error: unknown) => error)).to.equal(stopped);
    await stack.close();
    expect(await scene.locks()).to.have.lengthOf(1);

    const done = await scene.recover();
    expect(done).to.have.lengthOf(1);
    expect(done[0]).to.match(/^waited for another update of the stack to end: root@/);
    live = (await scene.up(next)).outputs.live;
    expect(live).to.deep.equal(next);
    expect(await scene.pendingOperations()).to.deep.equal([]);
    expect((await scene.inventory()).green).to.deep.equal({ services: 1, revisions: 2, policies: 0 });
  });

  it("removes resources that the state does not know: what would end a colour that is kept warm", async () => {
    const before = await scene.state();
    const next = keptWarm(live, [SERVICE], Date.now() + A_WEEK_MS);
    await scene.up(next);
    const action = (await scene.state()).resources!.find(({ type }) => type === SCHEDULED_ACTION)!;
    await scene.leaveState({ ...before, pending_operations: [{ type: "creating", resource: action }] });

    const [first] = await scene.recover();
    const { autoScalingGroup } = (await scene.outputs()).services[SERVICE]!.colours.green;
    expect(first).to.equal(`deleted scheduled action ${SCHEDULED_END} of ${autoScalingGroup}, which no state knows`);
    await scene.up(next);
    await scene.expectClean();
  });
});

/** The project's program with a group for whose instances the provider waits: an operation that takes seconds, as any may on AWS. */
async function waiting() {
  pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
    name === `${SERVICE}-green-instances`
      ? { props: { ...props, waitForCapacityTimeout: "15m", waitForElbCapacity: 2 }, opts }
      : undefined,
  );
  return program();
}

function cutOver({ serial, services }: Live): Live {
  const service = services[SERVICE]!;
  return { serial: serial + 1, services: { [SERVICE]: { ...service, active: other(service.active) } } };
}
