import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { refusalOf, Scene } from "../../../api/scene";

describe("rehearsal/cloud/services/sqs/api/sqs", () => {
  let scene: Scene;
  let client: SQSClient;
  let QueueUrl: string;

  /**
   * @param speed AWS seconds in a real one. At 1, no timeout of SQS ends during a test; the tests of timeouts use
   * more.
   */
  const open = async (speed: number) => {
    scene = new Scene(speed);
    await scene.start();
    client = new SQSClient(scene.options());
    QueueUrl = scene.queue("jobs");
  };
  const close = async () => {
    client.destroy();
    await scene.close();
  };
  const reopen = async (speed: number) => {
    await close();
    await open(speed);
  };
  beforeEach(() => open(1));
  afterEach(close);

  const send = (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const receive = async (input: object = {}): Promise<Message[]> =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, ...input }))).Messages ?? [];
  const counts = async (url = QueueUrl) => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return Object.values(Attributes!);
  };

  /** Waits until this number of requests wait in the queue. */
  const untilPolls = async (count: number) => {
    while (scene.sqs.getByUrl(QueueUrl).pollCount !== count) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it("delivers a message with the checksums that the SDK verifies, until it is deleted", async () => {
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "青信号",
        MessageAttributes: { kind: { DataType: "String", StringValue: "mail" } },
      }),
    );
    expect(await counts()).to.deep.equal(["1", "0"]);
    const [message] = await receive({ MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["k.*", "kind"] });
    expect(message).to.deep.include({ MessageId, Body: "青信号" });
    expect(message!.MessageAttributes!.kind).to.include({ StringValue: "mail" });
    expect(message!.Attributes).to.include({ ApproximateReceiveCount: "1", SenderId: "AIDAREHEARSAL00000000" });
    expect(await counts()).to.deep.equal(["0", "1"]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle }));
    expect(await counts()).to.deep.equal(["0", "0"]);
    expect(await receive()).to.deep.equal([]);
  });

  it("answers a long poll when a message arrives, before its wait time is over", async () => {
    const startedAtMs = performance.now();
    const polling = receive({ WaitTimeSeconds: 20 });
    await untilPolls(1);
    await send("now");
    expect((await polling)[0]!.Body).to.equal("now");
    expect(performance.now() - startedAtMs).to.be.below(20_000);
  });

  it("answers a long poll without messages when its wait time is over", async () => {
    await reopen(20);
    const startedAtMs = performance.now();
    expect(await receive({ WaitTimeSeconds: 2 })).to.deep.equal([]);
    expect(performance.now() - startedAtMs).to.be.at.least(95);
  });

  it("delivers no message to a client that has hung up", async () => {
    const hangUp = new AbortController();
    const polling = client.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 43200 }),
      {
        abortSignal: hangUp.signal,
      },
    );
    await untilPolls(1);
    hangUp.abort();
    expect((await refusalOf(polling))[0]).to.equal("AbortError");
    await untilPolls(0);
    await send("for another client");
    expect(await counts()).to.deep.equal(["1", "0"]);
  });

  it("delivers a message again after its visibility timeout, and moves it to the dead-letter queue after maxReceiveCount receives", async () => {
    await reopen(20);
    const deadLetters = scene.queue("jobs-dead-letter");
    QueueUrl = scene.queue("short", {
      visibilityTimeoutSeconds: 1,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: scene.sqs.arnOf("jobs-dead-letter"), maxReceiveCount: 2 }),
    });
    await send("poison");
    const handles = new Set<string>();
    for (const count of ["1", "2"]) {
      const [message] = await receive({ WaitTimeSeconds: 20, AttributeNames: ["ApproximateReceiveCount"] });
      expect(message!.Attributes).to.deep.equal({ ApproximateReceiveCount: count });
      handles.add(message!.ReceiptHandle!);
    }
    expect(handles.size).to.equal(2);
    expect(await receive({ WaitTimeSeconds: 3 })).to.deep.equal([]);
    expect(await counts()).to.deep.equal(["0", "0"]);
    expect(await counts(deadLetters)).to.deep.equal(["1", "0"]);
    expect(scene.context.lines).to.have.lengthOf(1);
    expect(scene.context.lines[0]).to.match(
      /^queue short: message [0-9a-f-]{36} was received 2 times without being deleted and went to jobs-dead-letter$/,
    );
    QueueUrl = deadLetters;
    const [dead] = await receive({ AttributeNames: ["All"] });
    expect(dead!.Body).to.equal("poison");
    expect(dead!.Attributes).to.include({
      ApproximateReceiveCount: "3",
      DeadLetterQueueSourceArn: "arn:aws:sqs:ap-northeast-1:123456789012:short",
    });
  });

  it("does not delete a message by an old receipt handle", async () => {
    await reopen(20);
    QueueUrl = scene.queue("short", { visibilityTimeoutSeconds: 1 });
    await send("twice");
    const [first] = await receive();
    const [second] = await receive({ WaitTimeSeconds: 20, VisibilityTimeout: 43200 });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle }));
    expect(await counts()).to.deep.equal(["0", "1"]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second!.ReceiptHandle }));
    expect(await counts()).to.deep.equal(["0", "0"]);
  });

  it("changes the visibility timeout of a message", async () => {
    await send("later");
    const [message] = await receive();
    const change = (VisibilityTimeout: number) =>
      client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout }),
      );
    await change(43_200);
    expect(await counts()).to.deep.equal(["0", "1"]);
    await change(0);
    expect(await counts()).to.deep.equal(["1", "0"]);
    expect((await refusalOf(change(10)))[0]).to.equal("MessageNotInflight");
  });

  it("handles each entry of a batch separately", async () => {
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "good", MessageBody: "a" },
          { Id: "bad", MessageBody: "b\u0000" },
        ],
      }),
    );
    expect(Successful!.map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(Failed![0]).to.include({ Id: "bad", Code: "InvalidMessageContents", SenderFault: true });
    for (let count = 0; count < 12; count++) await send(String(count));
    const messages = await receive({ MaxNumberOfMessages: 10 });
    expect(messages).to.have.lengthOf(10);
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const deleted = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    expect(deleted.Successful).to.have.lengthOf(10);
    expect(await counts()).to.deep.equal(["3", "0"]);
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await counts()).to.deep.equal(["0", "0"]);
    expect((await refusalOf(client.send(new PurgeQueueCommand({ QueueUrl }))))[0]).to.equal("PurgeQueueInProgress");
  });

  it("finds a queue by name and returns its attributes", async () => {
    const found = await client.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    expect(found.QueueUrl).to.equal(`${scene.url}/123456789012/jobs`);
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes).to.include({
      QueueArn: "arn:aws:sqs:ap-northeast-1:123456789012:jobs",
      VisibilityTimeout: "30",
      SqsManagedSseEnabled: "true",
    });
  });

  it("needs only AWS_ENDPOINT_URL, and the SDK logs no warning", async () => {
    const warnings: unknown[] = [];
    const logger = { warn: (line: unknown) => warnings.push(line), debug() {}, info() {}, error() {} };
    process.env.AWS_ENDPOINT_URL = scene.url;
    try {
      const { endpoint: _, ...options } = scene.options();
      const plain = new SQSClient({ ...options, logger });
      await plain.send(new SendMessageCommand({ QueueUrl, MessageBody: "found" }));
      plain.destroy();
    } finally {
      delete process.env.AWS_ENDPOINT_URL;
    }
    expect(await counts()).to.deep.equal(["1", "0"]);
    expect(warnings).to.deep.equal([]);
  });

  it("refuses requests with the errors of SQS, with the old and the new code", async () => {
    const error = await client.send(new GetQueueUrlCommand({ QueueName: "typo" })).catch((caught) => caught);
    expect(error).to.be.instanceOf(QueueDoesNotExist);
    expect(error).to.include({
      message: "The specified queue does not exist.",
      Code: "AWS.SimpleQueueService.NonExistentQueue",
    });
    const entries = (ids: string[]) =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: "x" })) }));
    const cases: [Promise<unknown>, string][] = [
      [send(""), "MissingParameter"],
      [send("x".repeat(262_145)), "InvalidParameterValue"],
      [receive({ MaxNumberOfMessages: 11 }), "InvalidParameterValue"],
      [receive({ WaitTimeSeconds: 21 }), "InvalidParameterValue"],
      [client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "typo" })), "ReceiptHandleIsInvalid"],
      [client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["FifoQueue"] })), "InvalidAttributeName"],
      [entries([]), "EmptyBatchRequest"],
      [entries(["a", "a"]), "BatchEntryIdsNotDistinct"],
      [entries(["a b"]), "InvalidBatchEntryId"],
      [entries(Array.from({ length: 11 }, (_, index) => String(index))), "TooManyEntriesInBatchRequest"],
      [client.send(new ListQueuesCommand({})), "InvalidAction"],
    ];
    const refusals = await Promise.all(cases.map(([operation]) => refusalOf(operation)));
    expect(refusals.map(([code]) => code)).to.deep.equal(cases.map(([, code]) => code));
  });
});
