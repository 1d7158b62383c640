import { expect } from "chai";
import { sqsTypes } from "../../../../../rehearsal/cloud/services/sqs";
import { Sqs } from "../../../../../rehearsal/cloud/services/sqs/model/sqs";
import { getQueue } from "../../../../../rehearsal/cloud/services/sqs/provider/get-queue";
import { failureOf } from "../../../../failure-of";
import { hasPassed } from "../../../../has-passed";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const QUEUE = "aws:sqs/queue:Queue";
const POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const URL = "http://127.0.0.1:4566/123456789012";

describe("rehearsal/cloud/services/sqs/provider", () => {
  let sqs: Sqs;
  let stack: Stack;

  beforeEach(() => {
    sqs = new Sqs(silentCloud(), () => "http://127.0.0.1:4566");
    stack = new Stack(sqsTypes(sqs));
  });

  it("creates a queue with a dead-letter queue and a policy, changes it in place, and deletes all", async () => {
    const deadLetters = await stack.create(QUEUE, { name: "mailer-dead-letter", tags: { a: "b" } });
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.outputs.arn, maxReceiveCount: 5 });
    const queue = await stack.create(QUEUE, { name: "mailer", redrivePolicy, visibilityTimeoutSeconds: 60 });
    expect(queue.id).to.equal(`${URL}/mailer`);
    expect(queue.outputs).to.include({
      arn: "arn:aws:sqs:ap-northeast-1:123456789012:mailer",
      url: `${URL}/mailer`,
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: 345_600,
    });
    const Statement = [{ Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: queue.outputs.arn }];
    const policy = JSON.stringify({ Statement });
    await stack.create(POLICY, { queueUrl: queue.id, policy });
    await stack.update(queue, { visibilityTimeoutSeconds: 90 });
    const found = sqs.getByUrl(queue.id);
    expect(found.settings.visibilityTimeoutSeconds).to.equal(90);
    expect(found.redrive).to.deep.equal({ deadLetterTargetArn: deadLetters.outputs.arn, maxReceiveCount: 5 });
    expect(found.policy!.json).to.equal(policy);
    expect(stack.replaces(queue, { name: "other" })).to.deep.equal(["name"]);
    await stack.destroy();
    expect(sqs.find("mailer")).to.equal(undefined);
  });

  it("gives a second creator the same queue, with its messages and tags, if the attributes are the same (C54)", async () => {
    const first = await stack.create(QUEUE, { name: "mailer", tags: { stack: "prod" } });
    const other = new Stack(sqsTypes(sqs));
    expect((await other.create(QUEUE, { name: "mailer", tags: { stack: "test" } })).id).to.equal(first.id);
    expect(await getQueue(sqs).call({ name: "mailer" })).to.deep.include({ url: first.id, tags: { stack: "prod" } });
    const refused = await other.create(QUEUE, { name: "mailer", delaySeconds: 9 }).catch((error: Error) => error);
    expect(refused).to.include({ code: "QueueNameExists" });
    await stack.update(first, { tags: { stack: "prod", owner: "aoi" } });
    expect(sqs.find("mailer")!.tags).to.deep.equal({ stack: "prod", owner: "aoi" });
    await other.destroy();
    expect((await failureOf(Promise.resolve(getQueue(sqs).call({ name: "mailer" })))).message).to.equal(
      "reading SQS Queue (mailer) URL: QueueDoesNotExist: The specified queue does not exist.",
    );
  });

  it("waits as long as the provider, also for the 60 s in which the name of a deleted queue is not available", async () => {
    const { clock } = sqs.context;
    const [created, createdAgain] = [hasPassed(clock.realMs(24)), hasPassed(clock.realMs(25 + 60 + 24))];
    const queue = await stack.create(QUEUE, { name: "mailer" });
    expect(created()).to.equal(true);
    await stack.delete(queue);
    await stack.create(QUEUE, { name: "mailer" });
    expect(createdAgain()).to.equal(true);
  });

  it("applies the policy that a queue declares itself, and keeps it when it is taken away (U3)", async () => {
    const policy = (Action: string) =>
      JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }] });
    const queue = await stack.create(QUEUE, { name: "mailer", policy: policy("sqs:SendMessage") });
    await stack.update(queue, { policy: policy("sqs:ReceiveMessage") });
    expect(sqs.getByUrl(queue.id).policy!.json).to.equal(policy("sqs:ReceiveMessage"));
    await stack.update(queue, { policy: undefined });
    expect(sqs.getByUrl(queue.id).policy!.json).to.equal(policy("sqs:ReceiveMessage"));
  });

  for (const [args, problem] of [
    [{ name: "a.b" }, /^name: invalid queue name/],
    [{ name: "x".repeat(81) }, /^name: invalid queue name/],
    [{ visibilityTimeoutSeconds: 43_201 }, /^visibilityTimeoutSeconds: /],
    [{ redrivePolicy: "{" }, /^redrivePolicy: contains an invalid JSON/],
    [{ fifoQueue: true }, /^fifoQueue: aws:sqs\/queue:Queue has no argument "fifoQueue" in the rehearsal cloud/],
    [{ kmsMasterKeyId: "alias/aws/sqs" }, /has no argument "kmsMasterKeyId"/],
  ] as const) {
    it(`refuses ${JSON.stringify(args).slice(0, 40)}`, () => {
      const problems = stack.problems(QUEUE, args);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]).to.match(problem);
    });
  }

  for (const [redrive, reason] of [
    [{ deadLetterTargetArn: "arn:aws:sqs:ap-northeast-1:123456789012:typo", maxReceiveCount: 5 }, /does not exist\.$/],
    [{ deadLetterTargetArn: "arn:aws:sqs:ap-northeast-1:123456789012:typo", maxReceiveCount: 0 }, /from 1 to 1000/],
    [{ maxReceiveCount: 5 }, /does not contain mandatory attribute/],
  ] as const) {
    it(`fails with SQS's error for the redrive policy ${JSON.stringify(redrive)}`, async () => {
      const args = { name: "mailer", redrivePolicy: JSON.stringify(redrive) };
      const error = await stack.create(QUEUE, args).catch((caught: Error & { code: string }) => caught);
      expect(error).to.include({ code: "InvalidParameterValue" });
      expect((error as Error).message).to.match(reason);
      expect(sqs.find("mailer")).to.equal(undefined);
    });
  }
});
