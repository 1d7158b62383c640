import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import type { ScalingPolicy } from "../../../../../../rehearsal/cloud/services/autoscaling/model/scaling-policies";
import { RESOURCE_LABEL, Scene, TARGET_GROUP } from "../../../compute-scene";
import { REFUSED } from "../../../fake-targets";
import { refusal } from "../../../refusal";
import { workerRequest } from "../../ecs/model/task-request";

/** Uses the CPU while the file `busy` exists in its directory. */
const LOAD = [
  process.execPath,
  "-e",
  `const { existsSync } = require("node:fs");
   setInterval(() => { const end = Date.now() + 20; while (existsSync("busy") && Date.now() < end); }, 1);`,
];

interface GroupOptions {
  name?: string;
  targetGroupArns?: string[];
  template?: Record<string, unknown>;
}

/** One AWS minute is 300 real milliseconds: enough for the kernel's clock ticks. */
describe("rehearsal/cloud/services/autoscaling/model/scaling-policies", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene({ speed: 200, bootSeconds: 1 });
    const { ecs } = scene.compute;
    ecs.createCluster("users");
    scene.serve("mailer", workerRequest({ command: LOAD }));
  });
  afterEach(() => scene.close());

  const create = (
    minSize: number,
    maxSize: number,
    desiredCapacity: number,
    { name = "mailer-blue", targetGroupArns = [], template = {} }: GroupOptions = {},
  ): Group =>
    scene.compute.autoScaling.create(
      name,
      scene.groupSettings(desiredCapacity, {
        ...{ minSize, maxSize, targetGroupArns },
        launchTemplate: { id: scene.launchTemplate(template), version: "$Latest" },
      }),
    );
  const putPolicy = (overrides: Partial<ScalingPolicy> = {}) =>
    scene.compute.autoScaling.policies.put({
      name: "cpu",
      groupName: "mailer-blue",
      metricType: "ASGAverageCPUUtilization",
      targetValue: 20,
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
    putPolicy({ targetValue: 5 });
    work();
    await scene.until("the maximum", () => group.settings.desiredCapacity === 2 && running() === 2);
    await scene.context.clock.sleep(240);
    expect(group.settings.desiredCapacity).to.equal(2);
    expect(scene.context.lines[0]).to.match(/^Auto Scaling group mailer-blue goes from 1 to 2: CPU \d+ %, target 5 %$/);
    expect(group.activities.all[0]!.cause).to.contain(
      "a monitor alarm TargetTracking-mailer-blue-AlarmHigh in state ALARM triggered policy cpu changing the desired capacity from 1 to 2",
    );
  });

  it("grows later where EC2 measures the CPU in steps of five minutes (A28)", async () => {
    const group = create(1, 2, 1, { template: { hasDetailedMonitoring: false } });
    await scene.until("a running task", () => running() === 1);
    work();
    const beganAt = Date.now();
    putPolicy({ targetValue: 5 });
    await scene.until("the maximum", () => group.settings.desiredCapacity === 2);
    expect(Date.now() - beganAt).to.be.at.least(scene.context.clock.realMs(7 * 60) - 20);
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

  it("shrinks at once because of a new policy after 15 minutes of low CPU (W10)", async () => {
    const group = create(1, 3, 2);
    await scene.until("two running tasks", () => running() === 2);
    putPolicy({ name: "disabled", enabled: false });
    await scene.context.clock.sleep(17 * 60);
    expect(group.settings.desiredCapacity).to.equal(2);
    // The same clock evaluates both groups, so that a slow machine slows both down.
    const withoutPast = create(1, 3, 2, { name: "mailer-green" });
    putPolicy({ groupName: "mailer-green" });
    putPolicy();
    await scene.until("the minimum", () => group.settings.desiredCapacity === 1);
    expect(withoutPast.settings.desiredCapacity).to.equal(2);
    await scene.until("the other's minimum", () => withoutPast.settings.desiredCapacity === 1);
  });

  describe("for the requests of a target group", () => {
    const REQUESTS = {
      metricType: "ALBRequestCountPerTarget",
      resourceLabel: RESOURCE_LABEL,
      targetValue: 100,
    } as const;
    /** What answers for an instance, so that its target is healthy. */
    const answer = ({ members }: Group) => {
      for (const { instance } of members)
        scene.targets.setEndpoint(instance.instanceId, 8080, { address: "127.0.0.1", port: 1 });
    };
    const ready = async (group: Group, count: number) => {
      await scene.until("running tasks", () => running() === count && group.members.length === count);
      answer(group);
    };

    it("grows in proportion to them, and logs the reason (A28)", async () => {
      const group = create(1, 6, 2, { targetGroupArns: [TARGET_GROUP] });
      await ready(group, 2);
      putPolicy(REQUESTS);
      scene.requests.set(RESOURCE_LABEL, 410);
      await scene.until("more instances", () => group.settings.desiredCapacity !== 2);
      expect(group.settings.desiredCapacity).to.equal(5);
      expect(scene.context.lines[0]).to.equal(
        "Auto Scaling group mailer-blue goes from 2 to 5: 205 requests a minute per target, target 100",
      );
    });

    it("divides them by the healthy targets alone (A28)", async () => {
      const group = create(1, 6, 2, { targetGroupArns: [TARGET_GROUP] });
      await ready(group, 2);
      scene.targets.say(TARGET_GROUP, group.members[0]!.instance.instanceId, REFUSED);
      putPolicy(REQUESTS);
      scene.requests.set(RESOURCE_LABEL, 250);
      await scene.until("more instances", () => group.settings.desiredCapacity === 3);
      expect(scene.context.lines[0]).to.match(/ from 2 to 3: 250 requests a minute per target, target 100$/);
    });

    it("shrinks without any request", async () => {
      const group = create(1, 3, 2, { targetGroupArns: [TARGET_GROUP] });
      await ready(group, 2);
      putPolicy(REQUESTS);
      await scene.until("the minimum", () => group.settings.desiredCapacity === 1);
    });

    it("shrinks only when all policies agree (A28)", async () => {
      const group = create(1, 3, 2, { targetGroupArns: [TARGET_GROUP] });
      await ready(group, 2);
      scene.requests.set(RESOURCE_LABEL, 20);
      putPolicy(REQUESTS);
      putPolicy({ ...REQUESTS, name: "strict", targetValue: 10 });
      await scene.context.clock.sleep(20 * 60);
      expect(group.settings.desiredCapacity).to.equal(2);
      scene.compute.autoScaling.policies.delete("mailer-blue", "strict");
      await scene.until("the minimum", () => group.settings.desiredCapacity === 1);
    });

    const refusals: [string, Partial<ScalingPolicy>, RegExp][] = [
      [
        "no label",
        { metricType: "ALBRequestCountPerTarget" },
        /^ValidationError: Resource label should be specified for predefined metric type ALBRequestCountPerTarget$/,
      ],
      [
        "a label that is an ARN",
        { ...REQUESTS, resourceLabel: TARGET_GROUP },
        /^ValidationError: Resource label 'arn:.*' is not valid$/,
      ],
      [
        "a target group that is not attached",
        { ...REQUESTS, resourceLabel: RESOURCE_LABEL.replace("users-bb", "users-gb") },
        /^ValidationError: Target group not attached to the Auto Scaling group$/,
      ],
      [
        "another load balancer's",
        { ...REQUESTS, resourceLabel: RESOURCE_LABEL.replace("public-blue", "public-green") },
        /^ValidationError: Target group not attached to the Auto Scaling group$/,
      ],
      ["a label for the CPU", { resourceLabel: RESOURCE_LABEL }, /^ValidationError: Resource label is not valid for/],
    ];
    for (const [title, overrides, text] of refusals) {
      it(`is refused with ${title} (A27)`, () => {
        create(0, 2, 0, { targetGroupArns: [TARGET_GROUP] });
        expect(refusal(() => putPolicy(overrides))).to.match(text);
        expect(scene.compute.autoScaling.policies.of("mailer-blue")).to.deep.equal([]);
      });
    }
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
    expect(putPolicy({ targetValue: 50 }).arn).to.equal(
      scene.compute.autoScaling.policies.find("mailer-blue", "cpu")!.arn,
    );
    scene.compute.autoScaling.delete("mailer-blue", false);
    expect(scene.compute.autoScaling.policies.find("mailer-blue", "cpu")).to.equal(undefined);
  });
});
