import { expect } from "chai";
import { drainingDelay } from "../../../../automation/first-contact/questions/draining-delay";
import { instances } from "../../../../automation/first-contact/questions/instances";
import { managedDraining } from "../../../../automation/first-contact/questions/managed-draining";
import { AwsServer } from "../../aws/server";
import { SampleTrial, START_MS } from "../sample-trial";

/** Seconds from the beginning of the termination; undefined for what ECS does not say. */
interface Ended {
  stopping?: number;
  stopped: number;
}

const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();
const activity = (words: string, id: string, from: number, to?: number) =>
  `<member><Description>${words} EC2 instance: ${id}</Description><StatusCode>Successful</StatusCode><StartTime>${at(from)}</StartTime>${to === undefined ? "" : `<EndTime>${at(to)}</EndTime>`}</member>`;
const page = (members: string, next = "") =>
  `<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>${members}</Activities>${next && `<NextToken>${next}</NextToken>`}</DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`;

describe("what the retired colour tells of its end", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
  });
  afterEach(() => aws.close());

  /** @param terminations when each began and ended */
  const has = (terminations: [from: number, to: number][], tasks: Ended[]) => {
    const members = terminations.map(([from, to], index) => activity("Terminating", `i-${index}`, from, to)).join("");
    aws.replies = {
      // Auto Scaling may answer with a page that has nothing, and a token for the next one.
      DescribeScalingActivities: ({ NextToken }) => (NextToken ? page(members) : page("", "next")),
      ListTasks: () => ({ taskArns: tasks.map((_, index) => `task/${index}`) }),
      DescribeTasks: () => ({
        tasks: tasks.map(({ stopping, stopped }) => ({
          stoppingAt: stopping === undefined ? undefined : START_MS / 1000 + stopping,
          stoppedAt: START_MS / 1000 + stopped,
        })),
      }),
      ListContainerInstances: () => ({ containerInstanceArns: [] }),
    };
    return new SampleTrial().trial;
  };

  const table: [what: string, terminations: [number, number][], tasks: Ended[], says: string, evidence: string][] = [
    [
      "refuted where ECS is told at once, although the instance takes longer than the delay to end",
      [[0, 65]],
      [{ stopping: 3, stopped: 5 }],
      "refuted",
      "a task was told to stop 3 s after the termination began, with a delay of 30 s",
    ],
    [
      "confirmed where the task is told after the delay",
      [[0, 95]],
      [{ stopping: 34, stopped: 36 }],
      "confirmed",
      "a task was told to stop 34 s after the termination began, with a delay of 30 s",
    ],
    [
      "confirmed by times that are rounded to whole seconds",
      [[0, 95]],
      [{ stopping: 29.2, stopped: 36 }],
      "confirmed",
      "a task was told to stop 29 s after the termination began, with a delay of 30 s",
    ],
    [
      "refuted by an instance that is gone before the delay is over",
      [[0, 22]],
      [],
      "refuted",
      "an instance was gone 22 s after the termination began, with a delay of 30 s",
    ],
    [
      "not seen where ECS does not say when it told the task",
      [[0, 65]],
      [{ stopped: 40 }],
      "not seen",
      "ECS does not say when it told the task on a terminated instance to stop",
    ],
    [
      "not seen by a task that nobody drained, which ECS knows to be gone after its instance",
      [[0, 65]],
      [{ stopping: 400, stopped: 400 }],
      "not seen",
      "ECS does not say when it told the task on a terminated instance to stop",
    ],
    [
      "not seen by a task of one of two instances, which may be either",
      [
        [0, 95],
        [20, 115],
      ],
      [{ stopping: 34, stopped: 36 }],
      "not seen",
      "ECS does not say when it told the task on a terminated instance to stop",
    ],
    ["not seen without a termination", [], [{ stopping: 34, stopped: 36 }], "not seen", "no instance was terminated"],
  ];
  for (const [what, terminations, tasks, says, evidence] of table) {
    it(`(b) is ${what}`, async () => {
      const answer = await drainingDelay.ask(has(terminations, tasks));
      expect({ says: "not seen", ...answer }).to.deep.equal({ says, evidence });
    });
  }

  it("has the time of ECS's event as what is left of the delay, and the rest as that of the shutdown", async () => {
    const { seconds } = await managedDraining.ask(has([[0, 95]], [{ stopping: 34, stopped: 36 }]));
    expect(seconds).to.deep.equal({ drainingEvent: [4], powerOff: [59] });
  });

  it("has no time of ECS's event where the delay was not waited for", async () => {
    const { seconds } = await managedDraining.ask(has([[0, 65]], [{ stopping: 3, stopped: 5 }]));
    expect(seconds).to.deep.equal({ drainingEvent: [], powerOff: [60] });
  });

  it("finds the launches of the active colour on whatever page of activities they are", async () => {
    const trial = has([], []);
    const launch = page(activity("Launching a new", "i-1", 0, 30));
    aws.replies = {
      ...aws.replies,
      DescribeScalingActivities: ({ NextToken }) => (NextToken ? launch : page("", "next")),
      ListContainerInstances: () => ({ containerInstanceArns: ["ci-1"] }),
      DescribeContainerInstances: () => ({
        containerInstances: [{ ec2InstanceId: "i-1", registeredAt: START_MS / 1000 + 45 }],
      }),
    };
    expect((await instances.ask(trial)).seconds).to.deep.include({ boot: [30], join: [15] });
  });
});
