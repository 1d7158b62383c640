import { expect } from "chai";
import type { Group } from "../../../../../../rehearsal/cloud/services/autoscaling/model/group";
import type { ScheduledActions } from "../../../../../../rehearsal/cloud/services/autoscaling/model/scheduled-actions";
import { Scene } from "../../../compute-scene";

const NAME = "mailer-blue";
const HOUR_MS = 3_600_000;

/** One AWS minute is 60 real milliseconds. */
describe("rehearsal/cloud/services/autoscaling/model/scheduled-actions", () => {
  let scene: Scene;
  let actions: ScheduledActions;
  let group: Group;

  beforeEach(() => {
    scene = new Scene({ speed: 1000, bootSeconds: 1 });
    actions = scene.compute.autoScaling.scheduledActions;
    group = scene.compute.autoScaling.create(NAME, scene.groupSettings(1, { maxSize: 4 }));
  });
  afterEach(() => scene.close());

  const put = (overrides: Partial<Parameters<ScheduledActions["put"]>[0]> = {}) =>
    actions.put({
      ...{ name: "morning", groupName: NAME, recurrence: "* * * * *", timeZone: "Etc/UTC" },
      ...{ minSize: 3, maxSize: undefined, desiredCapacity: undefined, startTimeMs: undefined },
      ...overrides,
    });

  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => "accepted",
      ({ code, message }) => `${code}: ${message}`,
    );

  it("sets the minimum when its time comes, and raises the number of instances to it", async () => {
    await put();
    await scene.until("three instances", () => group.members.length === 3);
    expect(group.settings).to.include({ minSize: 3, maxSize: 4, desiredCapacity: 3 });
    expect(group.activities.all[0]!.cause).to.match(
      /a scheduled action update of AutoScalingGroup constraints to min: 3/,
    );
    await put({ minSize: 2 });
    await scene.until("a lower minimum", () => group.settings.minSize === 2);
    expect(group.settings.desiredCapacity).to.equal(3);
  });

  it("reads cron by the clocks of its zone", async () => {
    const { startTimeMs } = await put({ recurrence: "0 8 * * 1,2,3,4,5", timeZone: "Asia/Tokyo" });
    const start = new Date(startTimeMs);
    expect([start.getUTCHours(), start.getUTCMinutes()]).to.deep.equal([23, 0]);
    expect(start.getUTCDay()).to.be.within(0, 4);
  });

  it("A29: refuses a call for a group beside another one, and takes one after the other", async () => {
    const evening = { name: "evening", recurrence: "30 20 * * *" };
    // Far from the other's time on any clock.
    const both = await Promise.allSettled([put({ recurrence: "30 8 * * *" }), put(evening)]);
    expect(both.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    expect((both[1] as PromiseRejectedResult).reason).to.include({ code: "AlreadyExists" });
    await put(evening);
    expect(actions.of(NAME).map(({ name }) => name)).to.deep.equal(["morning", "evening"]);
  });

  it("A36: refuses an action beside another one that comes at the same time, and takes that one again", async () => {
    const at = { recurrence: "0 8 * * *" };
    await put(at);
    expect(await refusal(put({ ...at, name: "also" }))).to.equal(
      "AlreadyExists: Scheduled action with this scheduled start time already exists",
    );
    expect(await refusal(put({ ...at, minSize: 2 }))).to.equal("accepted");
    actions.delete(NAME, "morning");
    expect(await refusal(put({ ...at, name: "also" }))).to.equal("accepted");
  });

  it("A30: refuses a start time that is over", async () => {
    const startTimeMs = scene.context.clock.nowMs - HOUR_MS;
    expect(await refusal(put({ startTimeMs }))).to.deep.equal("ValidationError: Given start time is in the past");
  });

  it("A31: fails at its time with a minimum above the maximum, and refuses what is no size, no cron or no zone", async () => {
    const { startTimeMs } = await put({ minSize: 5 });
    await scene.until("its time has come", () => actions.find(NAME, "morning")!.startTimeMs > startTimeMs);
    await scene.until("it says so", () =>
      scene.context.lines.some((line) => line.includes("morning fails, because 5 to 4")),
    );
    expect(group.settings).to.include({ minSize: 1, desiredCapacity: 1 });
    expect(await refusal(put({ minSize: undefined }))).to.match(/^ValidationError: Need at least one of/);
    expect(await refusal(put({ recurrence: "0 8 * * ? *" }))).to.match(/^ValidationError: Given recurrence string/);
    expect(await refusal(put({ timeZone: "Tokyo" }))).to.match(/^ValidationError: Given timezone is invalid/);
    expect(await refusal(put({ groupName: "other" }))).to.match(/^ValidationError: AutoScalingGroup name not found/);
  });

  it("A32: comes once at a start time without a recurrence, and is gone then", async () => {
    const startTimeMs = scene.context.clock.nowMs + HOUR_MS / 6;
    await put({ recurrence: undefined, startTimeMs, minSize: 0, maxSize: 0, desiredCapacity: 0 });
    expect(actions.find(NAME, "morning")).to.include({ startTimeMs, recurrence: undefined });
    expect(group.settings).to.include({ minSize: 1 });
    await scene.until("its time", () => group.settings.maxSize === 0);
    expect(scene.context.clock.nowMs).to.be.at.least(startTimeMs);
    expect(group.settings).to.include({ minSize: 0, maxSize: 0, desiredCapacity: 0 });
    expect(actions.of(NAME)).to.deep.equal([]);
    expect(await refusal(put({ recurrence: undefined }))).to.match(/^ValidationError: Either recurrence or start time/);
    const past = { recurrence: undefined, startTimeMs };
    expect(await refusal(put(past))).to.equal("ValidationError: Given start time is in the past");
  });

  it("ends with its deletion, and with its group", async () => {
    await put();
    actions.delete(NAME, "morning");
    expect(actions.of(NAME)).to.deep.equal([]);
    await put({ name: "evening" });
    scene.compute.autoScaling.delete(NAME, true);
    expect(actions.of(NAME)).to.deep.equal([]);
  });
});
