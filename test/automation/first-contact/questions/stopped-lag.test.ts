import { expect } from "chai";
import { stoppedLag } from "../../../../automation/first-contact/questions/stopped-lag";
import type { ColourObservation } from "../../../../automation/ports/observer";
import { AwsServer } from "../../aws/server";
import { SampleTrial, START_MS } from "../sample-trial";

/** When the instance has ended. */
const ENDED_SECONDS = 40;
const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();

describe("the question how late ECS says STOPPED", () => {
  it("does not take a task that ECS does not find for one that has stopped", async () => {
    const aws = await AwsServer.open();
    const task = { id: "task-1", status: "RUNNING", instanceId: "i-1" };
    const sample = new SampleTrial({
      observer: { colour: async () => ({ tasks: [task] }) as unknown as ColourObservation },
    });
    const activity = () =>
      `<member><Description>Terminating EC2 instance: i-1</Description><StartTime>${at(0)}</StartTime><EndTime>${at(ENDED_SECONDS)}</EndTime></member>`;
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
          : { tasks: [{ lastStatus: sample.seconds < ENDED_SECONDS + 20 ? "RUNNING" : "STOPPED" }] },
    };
    try {
      expect(await stoppedLag.ask(sample.trial)).to.deep.equal({ seconds: { stoppedLag: [20] } });
    } finally {
      await aws.close();
    }
  });
});
