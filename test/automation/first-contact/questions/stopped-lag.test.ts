import { expect } from "chai";
import { stoppedLag } from "../../../../automation/first-contact/questions/stopped-lag";
import type { ColourObservation } from "../../../../automation/ports/observer";
import { AwsServer } from "../../aws/server";
import { SampleTrial, START_MS } from "../sample-trial";

/** When the instance has ended. */
const ENDED_SECONDS = 40;
const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();

describe("the question how late ECS says STOPPED", () => {
  /** @param stoppedSeconds ECS's time of the task's end, from the beginning; undefined where it tells none */
  async function ask({ aheadMs = 0, stoppedSeconds }: { aheadMs?: number; stoppedSeconds?: number } = {}) {
    const aws = await AwsServer.open();
    const task = { id: "task-1", status: "RUNNING", instanceId: "i-1" };
    const stoppedAt = stoppedSeconds === undefined ? undefined : Date.parse(at(stoppedSeconds)) / 1000;
    const stopped = { lastStatus: "STOPPED", stoppedAt };
    const sample = new SampleTrial({
      observer: {
        colour: async () => ({ tasks: [task] }) as unknown as ColourObservation,
        clockAheadMs: () => aheadMs,
      },
    });
    const activity = () =>
      `<member><Description>Terminating EC2 instance: i-1</Description><StartTime>${at(-aheadMs / 1000)}</StartTime><EndTime>${at(ENDED_SECONDS - aheadMs / 1000)}</EndTime></member>`;
    aws.replies = {
      DescribeLifecycleHooks: () =>
        "<DescribeLifecycleHooksResponse><DescribeLifecycleHooksResult/></DescribeLifecycleHooksResponse>",
      TerminateInstanceInAutoScalingGroup: () =>
        "<TerminateInstanceInAutoScalingGroupResponse><TerminateInstanceInAutoScalingGroupResult/></TerminateInstanceInAutoScalingGroupResponse>",
      DescribeScalingActivities: () =>
        `<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>${sample.seconds < ENDED_SECONDS ? "" : activity()}</Activities></DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`,
      DescribeTasks: () =>
        sample.seconds < ENDED_SECONDS + 10
          ? { tasks: [], failures: [{ arn: "task-1", reason: "MISSING" }] }
          : { tasks: [sample.seconds < ENDED_SECONDS + 20 ? { lastStatus: "RUNNING" } : stopped] },
    };
    try {
      return (await stoppedLag.ask(sample.trial)).seconds?.stoppedLag;
    } finally {
      await aws.close();
    }
  }

  it("does not take a task that ECS does not find for one that has stopped", async () => {
    expect(await ask()).to.deep.equal([20]);
    expect(await ask({ stoppedSeconds: ENDED_SECONDS + 5 })).to.deep.equal([20]);
  });

  it("is measured by AWS's clock", async () => {
    expect(await ask({ aheadMs: 25_000 })).to.deep.equal([20]);
  });

  it("has seen none where the task had stopped before its instance ended", async () => {
    expect(await ask({ stoppedSeconds: ENDED_SECONDS - 1 })).to.deep.equal([]);
  });
});
