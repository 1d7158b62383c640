import "../../automation/core/silent-aws-sdk";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AutoScalingClient, DescribeScheduledActionsCommand } from "@aws-sdk/client-auto-scaling";
import { expect } from "chai";
import type { Colour } from "../../components/core/colour-name";
import { DAYS, type Day } from "../../components/core/week";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { checkOut } from "./checkout";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const SIZE = ["config", "aoshingo:services", "users", "size"];
const LEAST = 2;
const SCHEDULED = 3;
const MOST = 4;
const POLL_MS = 100;
/** Together they ask often enough for the most instances, however slow the answers are. */
const WATCHES = 4;
const HOURS_A_DAY = 24;
const time = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
/** The first of each two hours: at the cloud's 200 : 1 the minimum changes every 18 seconds. */
const SCHEDULE = Array.from({ length: HOURS_A_DAY / 2 }, (_, index) => ({
  from: time(2 * index),
  to: time(2 * index + 1),
  min: SCHEDULED,
}));

describe("a service whose minimum has a schedule", () => {
  let stack: RunningStack;
  let autoScaling: AutoScalingClient;
  let watches: ProductionWatch[] = [];
  let checkout: string;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    autoScaling = new AutoScalingClient(stack.clientOptions);
    checkout = join(stack.directory, "scheduled-size");
    await checkOut(checkout);
    const { url } = (await stack.outputs()).services.users!.exposures.public!;
    watches = Array.from({ length: WATCHES }, () => new ProductionWatch(stack, `${url}/healthz`));
    // The watches alone ask so often that the service has its most instances all the time.
    const load = { targetCpuPercent: 90, targetRequestsPerMinute: 1 };
    await changeSettings(stack.settingsFile, SIZE, { min: LEAST, max: MOST, ...load, schedule: SCHEDULE });
    await stack.up();
  });
  after(async () => {
    if (!stack) return;
    await Promise.all(watches.map((watch) => watch.stop()));
    autoScaling.destroy();
  });

  /** Runs the plain CLI in the checkout with the stack's settings of now. */
  async function pulumi(...args: string[]) {
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
    return stack.pulumi(checkout, [...args, "--stack", STACK]);
  }

  const groupName = async (colour: Colour) => (await stack.outputs()).services.users!.colours[colour].autoScalingGroup;

  /** The scheduled actions of a colour, the next one first. */
  async function actionsOf(colour: Colour) {
    const AutoScalingGroupName = await groupName(colour);
    const { ScheduledUpdateGroupActions } = await autoScaling.send(
      new DescribeScheduledActionsCommand({ AutoScalingGroupName }),
    );
    return ScheduledUpdateGroupActions!.sort((one, two) => one.StartTime!.getTime() - two.StartTime!.getTime());
  }

  /** The minimum that comes next, and the names of all scheduled actions. */
  async function scheduled(colour: Colour): Promise<{ next: number; nextName: string; names: string[] }> {
    const inOrder = await actionsOf(colour);
    const names = inOrder.map(({ ScheduledActionName }) => ScheduledActionName!).sort();
    return { next: inOrder[0]?.MinSize ?? 0, nextName: inOrder[0]?.ScheduledActionName ?? "", names };
  }

  /** The minimum of a colour, and what its schedule says for the same moment: of two numbers the one that does not come next. */
  async function minimums(colour: Colour): Promise<{ is: number; wanted: number }> {
    for (;;) {
      const before = await scheduled(colour);
      const { min } = await stack.group(colour);
      const after = await scheduled(colour);
      if (before.nextName === after.nextName) return { is: min, wanted: after.next === LEAST ? SCHEDULED : LEAST };
    }
  }

  async function until(colour: Colour, holds: (seen: { min: number; desired: number }) => boolean): Promise<void> {
    while (!holds(await stack.group(colour))) await delay(POLL_MS);
  }

  it("takes other numbers and days for a time, also the next day of another action", async () => {
    const { active } = (await stack.production())!;
    const set = async (...schedule: { days: readonly Day[]; min: number }[]) => {
      const windows = schedule.map((window) => ({ from: "08:00", to: "20:00", ...window }));
      await changeSettings(stack.settingsFile, [...SIZE, "schedule"], windows);
      await stack.up();
      return (await scheduled(active)).names;
    };
    await set({ days: DAYS, min: 3 });
    const daily = (await actionsOf(active)).find(({ ScheduledActionName }) => ScheduledActionName === "min-at-0800");
    const next = DAYS[(daily!.StartTime!.getUTCDay() + 6) % DAYS.length]!;
    const [other, ...others] = DAYS.filter((day) => day !== next);
    const two = ["min-at-0800", "min-at-0800-2", "min-at-2000"];
    expect(await set({ days: [other!, ...others], min: 3 }, { days: [next], min: 4 })).to.deep.equal(two);
    expect(await set({ days: [other!, ...others], min: 4 }, { days: [next], min: 3 })).to.deep.equal(two);
    expect(await set({ days: [...others, next], min: 3 }, { days: [other!], min: 4 })).to.deep.equal(two);
    expect(await set({ days: others, min: 3 }, { days: [other!, next], min: 4 })).to.deep.equal(two);
    expect(await set({ days: DAYS, min: 4 })).to.deep.equal(["min-at-0800", "min-at-2000"]);
    await changeSettings(stack.settingsFile, [...SIZE, "schedule"], SCHEDULE);
    await stack.up();
  });

  it("has it changed by Auto Scaling, whatever the load asks for", async () => {
    const { active } = (await stack.production())!;
    const { names } = await scheduled(active);
    expect(names).to.have.length(HOURS_A_DAY);
    expect(names).to.include.members(["min-at-2300", "min-at-2200"]);
    await until(active, ({ min, desired }) => min === SCHEDULED && desired === MOST);
    await until(active, ({ min }) => min === LEAST);
  });

  it("is deployed with as many instances as the load has, and follows its schedule again at the end", async () => {
    const { active, idle } = (await stack.production())!;
    await until(active, ({ desired }) => desired === MOST);
    await stack.push("scheduled");
    const warm: number[] = [];
    const { exitCode, errors, events } = await stack.deployAll(["users=scheduled"], (event) => {
      if (event.type === "live") warm.push(event.live.services.users!.colours[idle].size);
    });
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    // One more where a time of the schedule has lowered the minimum of what was warm before the cutover.
    expect(Math.max(...warm), "warmed with what the load has").to.be.within(MOST, MOST + 1);
    const { is, wanted } = await minimums(idle);
    expect(is).to.equal(wanted);
    expect(await scheduled(active)).to.deep.include({ names: [] });
    await Promise.all(watches.map((watch) => watch.stop()));
    const answers = watches.flatMap((watch) => Object.keys(watch.answers));
    expect(answers.filter((answer) => !answer.startsWith("200"))).to.deep.equal([]);
  });

  it("is no drift, and not undone by a run that reads everything again", async () => {
    const { active } = (await stack.production())!;
    const last = (await stack.outputs()).live.services.users!.colours[active].size;
    // A minimum of Auto Scaling's that is not the one that the stack set last.
    await until(active, ({ min }) => min !== last);
    const preview = await pulumi("preview", "--refresh", "--expect-no-changes", "--non-interactive");
    expect(preview.exitCode, preview.text).to.equal(0);
  });

  it("ends with the setting, by a run that reads what Auto Scaling has set", async () => {
    const { active } = (await stack.production())!;
    // What the deploy ended with, by the hour: it stays until the next one.
    const { size } = (await stack.outputs()).live.services.users!.colours[active];
    await until(active, ({ min }) => min !== size);
    await changeSettings(stack.settingsFile, SIZE, undefined);
    const refreshed = async () => {
      const up = await pulumi("up", "--refresh", "--yes", "--skip-preview", "--non-interactive");
      expect(up.exitCode, up.text).to.equal(0);
    };
    await refreshed();
    expect(await scheduled(active)).to.deep.include({ names: [] });
    // One of its times may have come after the group was read and before the schedule was gone.
    if ((await stack.group(active)).min !== size) await refreshed();
    const { min, desired } = await stack.group(active);
    expect(min).to.equal(size);
    // What the schedule has started stays until the next release: the settings have a number now.
    expect(desired).to.be.at.least(size);
  });
});
