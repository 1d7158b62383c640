import { expect } from "chai";
import { ACCOUNT_CLUSTERS, ACCOUNT_QUEUES, declare, STATES } from "../world";

const SERVICES = { users: STATES.start, mailer: STATES.start };
const SETTINGS = { users: { kind: "api" }, mailer: { kind: "worker", queue: true } };
const OURS = { project: "aoshingo", stack: "prod", service: "mailer" };

describe("clusters and queues that the account has already", () => {
  afterEach(() => {
    ACCOUNT_CLUSTERS.clear();
    ACCOUNT_QUEUES.clear();
  });

  const declared = (more: Partial<Parameters<typeof declare>[0]> = {}) =>
    declare({ services: SERVICES, settings: SETTINGS, ...more }).then(
      () => "done",
      (error: Error) => error.message,
    );
  const refused = (what: string, name: string, remedy: string) =>
    `aoshingo:services.mailer: its ${what} ${name} is there already, and its tags do not say that it is this stack's, ` +
    `wanted project=aoshingo, stack=prod, service=mailer: give the service another name, or, if nobody uses it, delete it (\`${remedy}\`)`;

  it("are taken over if their tags are the stack's: an `up` before did not come to its end", async () => {
    ACCOUNT_CLUSTERS.set("aoshingo-prod-mailer-blue", { ...OURS, colour: "blue", owner: "aoi" });
    ACCOUNT_QUEUES.set("aoshingo-prod-mailer", OURS);
    expect(await declared()).to.equal("done");
  });

  it("are taken over if they are being deleted", async () => {
    ACCOUNT_CLUSTERS.set("aoshingo-prod-mailer-blue", "INACTIVE");
    expect(await declared()).to.equal("done");
  });

  it("are refused before anything if they are nobody's or another stack's: AWS would take them for created (C53, C54)", async () => {
    ACCOUNT_CLUSTERS.set("aoshingo-prod-mailer-green", { ...OURS, stack: "prod-mailer" });
    ACCOUNT_QUEUES.set("aoshingo-prod-mailer-dead-letter", {});
    const cluster = "aoshingo-prod-mailer-green";
    const url = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/aoshingo-prod-mailer-dead-letter";
    expect(await declared()).to.equal(
      [
        refused("ECS cluster", cluster, `aws ecs delete-cluster --cluster ${cluster}`),
        refused("SQS queue", "aoshingo-prod-mailer-dead-letter", `aws sqs delete-queue --queue-url ${url}`),
      ].join("\n"),
    );
  });

  it("are looked up for what is new in the stack alone", async () => {
    const { outputs: last } = await declare({ services: SERVICES, settings: SETTINGS });
    ACCOUNT_CLUSTERS.set("aoshingo-prod-mailer-blue", {});
    ACCOUNT_QUEUES.set("aoshingo-prod-mailer", {});
    expect(await declared({ last })).to.equal("done");
    const withoutQueue = { ...SETTINGS, mailer: { kind: "worker" } };
    const { outputs } = await declare({ services: SERVICES, settings: withoutQueue, last });
    expect(await declared({ last: outputs })).to.match(/its SQS queue aoshingo-prod-mailer is there already/);
  });

  it("are left to their creation if nobody can say whether they are there", async () => {
    ACCOUNT_CLUSTERS.set("aoshingo-prod-mailer-blue", "denied");
    expect(await declared()).to.equal("done");
  });
});
