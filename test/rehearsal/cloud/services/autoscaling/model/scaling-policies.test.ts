import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";
import { workerRequest } from "../../ecs/model/task-request";

/** Uses the CPU while the file `busy` exists in its directory. */
const LOAD = [
  process.execPath,
  "-e",
  `const { existsSync } = require("node:fs");
   setInterval(() => { const end = Date.now() + 20; while (existsSync("busy") && Date.now() < end); }, 1);`,
];

/** One AWS minute is 300 real milliseconds: enough for the kernel's clock ticks. */
describe("rehearsal/cloud/services/autoscaling/model/scaling-policies", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ speed: 200, bootSeconds: 1 });
    const { ecs } = scene.compute;
    ecs.createCluster("users");
    ecs.createService("users", {
      name: "mailer",
      definition: ecs.taskDefinitions.register(workerRequest({ command: LOAD })),
      desiredCount: undefined,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      tags: {},
    });
  });
  afterEach(() => scene.close());

  const create = (minSize: number, maxSize: number, desiredCapacity: number): Group =>
    scene.compute.autoScaling.create("mailer-blue", {
      minSize,
      maxSize,
      desiredCapacity,
      launchTemplate: { id: scene.launchTemplate(), version: "$Latest" },
      subnetIds: ["subnet-a"],
      targetGroupArns: [],
      healthCheckType: "EC2",
      healthCheckGracePeriod: 0,
      protectFromScaleIn: false,
      tags: [],
    });
  const putPolicy = (overrides: { enabled?: boolean; targetPercent?: number } = {}) =>
    scene.compute.autoScaling.policies.put({
      name: "cpu",
      groupName: "mailer-blue",
      targetPercent: 20,
      disableScaleIn: false,
      warmupSeconds: 0,
      enabled: true,
      ...overrides,
    });
  const running = () =>
    scene.compute.ecs.cluster("users").tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  const work = () => writeFileSync(join(scene.directory, "busy"), "");

  it("grows with the CPU of the tasks' processes up to the maximum, and logs the reason", async () => {
    const group = create(1, 2, 1);
    await scene.until("a running task", () => running() === 1);
    // A busy process gets more than this even on a machine with twenty others per core.
    putPolicy({ targetPercent: 5 });
    work();
    await scene.until("the maximum", () => group.settings.desiredCapacity === 2 && running() === 2);
    await scene.context.clock.sleep(240);
    expect(group.settings.desiredCapacity).to.equal(2);
    expect(scene.context.lines[0]).to.match(/^Auto Scaling group mailer-blue goes from 1 to 2: CPU \d+ %, target 5 %$/);
    expect(group.activities.all[0]!.cause).to.contain(
      "a monitor alarm TargetTracking-mailer-blue-AlarmHigh in state ALARM triggered policy cpu changing the desired capacity from 1 to 2",
    );
  });

  it("shrinks to the minimum after 15 minutes of low CPU", async () => {
    const group = create(1, 3, 2);
    await scene.until("two running tasks", () => running() === 2);
    const beganAt = Date.now();
    putPolicy();
    await scene.until("the minimum", () => group.settings.desiredCapacity === 1);
    expect(Date.now() - beganAt).to.be.at.least(scene.context.clock.realMs(15 * 60) - 20);
    await scene.until("one instance", () => group.members.length === 1);
  });

  it("does nothing while it is disabled or after it was deleted", async () => {
    const group = create(1, 2, 1);
    await scene.until("a running task", () => running() === 1);
    work();
    putPolicy({ enabled: false });
    await scene.context.clock.sleep(300);
    expect(group.settings.desiredCapacity).to.equal(1);
    putPolicy();
    scene.compute.autoScaling.policies.delete("mailer-blue", "cpu");
    await scene.context.clock.sleep(300);
    expect(group.settings.desiredCapacity).to.equal(1);
  });

  it("is deleted with its group", () => {
    expect(refusal(() => putPolicy())).to.match(/^ValidationError: AutoScalingGroup name not found/);
    create(0, 2, 0);
    expect(putPolicy().arn).to.match(
      /^arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:[0-9a-f-]{36}:autoScalingGroupName\/mailer-blue:policyName\/cpu$/,
    );
    expect(putPolicy({ targetPercent: 50 }).arn).to.equal(
      scene.compute.autoScaling.policies.find("mailer-blue", "cpu")!.arn,
    );
    scene.compute.autoScaling.delete("mailer-blue", false);
    expect(scene.compute.autoScaling.policies.find("mailer-blue", "cpu")).to.equal(undefined);
  });
});
