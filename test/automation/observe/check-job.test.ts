import { expect } from "chai";
import { checkJob } from "../../../automation/observe/check-job";
import type { ObservedSchedule } from "../../../automation/ports/observer";
import type { StackOutputs } from "../../../components/live/outputs";
import { live, outputsOf, release } from "../deploy/worlds";

const V1 = release("v1");

describe("checkJob", () => {
  const state = live({ active: "blue", blue: ["v1", 1], green: null });
  const outputs: StackOutputs = outputsOf(state);
  const users = outputs.services.users!;
  const job = { schedule: "users", scheduleGroup: "shop", subnetIds: ["subnet-a"], securityGroupId: "sg-a" };
  outputs.services.users = { ...users, kind: "job", job };
  const taskDefinition = users.colours.blue.taskDefinition!;
  const GOOD: ObservedSchedule = { isEnabled: true, taskDefinition };

  const problems = (schedule: ObservedSchedule | null, taskImage: string | null, isInRegistry = true) =>
    checkJob(
      {
        observer: {
          schedule: async () => schedule,
          taskImage: async () => taskImage,
          image: async (_, reference) => (isInRegistry ? (reference as { digest: string }) : null),
        },
      },
      { live: state, outputs },
      "users",
      "blue",
    );

  it("finds nothing wrong where the schedule starts the release's own image", async () => {
    expect(await problems(GOOD, V1.image)).to.deep.equal([]);
  });

  it("says what is wrong with the schedule or the task definition", async () => {
    expect(await problems(null, V1.image)).to.deep.equal(["the schedule shop/users does not exist"]);
    expect(await problems({ ...GOOD, isEnabled: false }, V1.image)).to.deep.equal([
      "the schedule shop/users is disabled, so that nothing starts the job",
    ]);
    const [elsewhere] = await problems({ ...GOOD, taskDefinition: "arn:task-definition/other:7" }, V1.image);
    expect(elsewhere).to.match(/^the schedule shop\/users starts other:7, wanted /);
    const [inactive] = await problems(GOOD, null);
    expect(inactive).to.match(/is not active$/);
    const [image] = await problems(GOOD, "another");
    expect(image).to.include(`has the image another, wanted ${V1.image}`);
  });

  it("says that the image is gone, which each run pulls", async () => {
    const [gone] = await problems(GOOD, V1.image, false);
    expect(gone).to.match(/^the image of users v1 is not in \S+ any more$/);
  });

  it("asks nothing of a colour without a task definition", async () => {
    const asked = () => expect.fail("asked");
    const observer = { schedule: asked, taskImage: asked, image: asked };
    const found = await checkJob({ observer }, { live: state, outputs }, "users", "green");
    expect(found).to.deep.equal(["green has no task definition"]);
  });
});
