import { expect } from "chai";
import type { ExportedResource } from "../../../../automation/stack/exported-state";
import { AwsOrphans } from "../../../../automation/stack/recovery/aws-orphans";
import type { LiveService } from "../../../../components/live/live";
import { additions } from "../../../components/declared";
import { declare, STATES, type World } from "../../../components/world";
import { AwsServer } from "../../aws/server";

const REGION = "ap-northeast-1";
const SCHEDULE = "aws:autoscaling/schedule:Schedule";
const GONE = "!ValidationError Scheduled action name not found";

const { blue, green } = STATES.second.colours;
/** What the releases of a service lead through, one `up` after the other. */
const LIFE: readonly LiveService[] = [
  STATES.start,
  STATES.warm,
  STATES.flipped,
  STATES.second,
  { active: "blue", colours: { blue, green: { ...green, until: Date.UTC(2100, 0, 1) } } },
];
const SETTINGS = {
  users: {
    kind: "api",
    migrate: "node migrate.js",
    size: {
      ...{ min: 2, max: 6, targetRequestsPerMinute: 600, timeZone: "Asia/Tokyo" },
      schedule: [{ from: "08:30", to: "20:00", min: 4 }],
    },
  },
  mailer: { kind: "worker", queue: true },
  report: { kind: "job", schedule: "cron(0 1 * * ? *)" },
};

describe("AwsOrphans", () => {
  let aws: AwsServer;
  before(async () => {
    aws = await AwsServer.open();
  });
  after(() => aws.close());

  const created = (type: string, name: string): ExportedResource => ({
    urn: `urn:pulumi:prod::shop::${type}::${name}`,
    type,
    inputs: {
      ...{ autoscalingGroupName: "users-blue-1a2b", scheduledActionName: "end-keep-warm" },
      ...{ family: "shop-prod-users-blue", cluster: "shop-prod-users-blue", name: "users-blue-1a2b" },
      containerDefinitions: JSON.stringify([{ image: "users@sha256:1" }]),
    },
  });

  it("deletes a scheduled action that no state knows: it would end its colour, whichever is active by then", async () => {
    const remove = (reply: string) => {
      aws.replies = { DeleteScheduledAction: () => reply };
      return new AwsOrphans(REGION)
        .remove(created(SCHEDULE, "users-blue-end-keep-warm"), [])
        .catch((error: Error) => `failed: ${error.message}`);
    };
    expect(await remove("<DeleteScheduledActionResponse/>")).to.equal(
      "deleted scheduled action end-keep-warm of users-blue-1a2b, which no state knows",
    );
    expect(aws.inputs("DeleteScheduledAction")[0]).to.include({
      AutoScalingGroupName: "users-blue-1a2b",
      ScheduledActionName: "end-keep-warm",
    });
    expect(await remove(GONE)).to.equal(null);
    expect(await remove("!AccessDenied not authorized")).to.match(/^failed: .*not authorized/);
  });

  it("leaves a scheduled action that the state has since: its name is always the same", async () => {
    const action = created(SCHEDULE, "users-blue-end-keep-warm");
    let deleted = 0;
    aws.replies = {
      DeleteScheduledAction: () => {
        deleted++;
        return "<DeleteScheduledActionResponse/>";
      },
    };
    const orphans = new AwsOrphans(REGION);
    const known = (more: object) => [{ ...action, id: "end-keep-warm", ...more }];
    expect(await orphans.remove(action, known({}))).to.equal(null);
    expect(deleted).to.equal(0);
    const inputs = { ...action.inputs, autoscalingGroupName: "users-green-1a2b" };
    expect(await orphans.remove(action, known({ inputs })), "of another group").not.to.equal(null);
    expect(await orphans.remove(action, known({ pendingReplacement: true })), "deleted to be replaced").not.to.equal(
      null,
    );
    expect(deleted).to.equal(2);
  });

  it("finds what is left of each type of resource that a deploy creates", async () => {
    const types = new Set<string>();
    let before: World | undefined;
    for (const state of LIFE) {
      const services = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, state]));
      // Only apis are kept warm.
      for (const name of ["mailer", "report"]) services[name] = state === LIFE.at(-1) ? STATES.second : state;
      const world = await declare({ services, settings: SETTINGS });
      if (before) for (const { type } of additions(before, world)) types.add(type);
      before = world;
    }
    expect([...types]).to.include.members([SCHEDULE, "aws:autoscaling/policy:Policy", "aws:ecs/service:Service"]);
    aws.replies = {
      ListTaskDefinitions: () => ({ taskDefinitionArns: [] }),
      DescribeServices: () => ({ services: [] }),
      DescribePolicies: () => "<DescribePoliciesResponse/>",
      DeleteScheduledAction: () => GONE,
    };
    const orphans = new AwsOrphans(REGION);
    for (const type of types) expect(await orphans.remove(created(type, "one"), []), type).to.equal(null);
  });
});
