import { assert } from "chai";
import { Topic } from "../../../automation/notify/topic";
import { AwsServer } from "../aws/server";
import { notification } from "./samples";

const ARN = "arn:aws:sns:ap-northeast-1:123456789012:deploys";
const PUBLISHED = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";

describe("a topic", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
  });
  afterEach(() => aws.close());

  it("receives a subject, a message and attributes for filters", async () => {
    aws.replies = { Publish: () => PUBLISHED };
    await new Topic(ARN).notify(notification({ link: "https://ci.example/1" }), new AbortController().signal);
    assert.deepInclude(aws.inputs("Publish")[0], {
      TopicArn: ARN,
      Subject: "prod: deploy users=v2 doodle=v7 by me@here begins",
      Message: "prod: deploy users=v2 doodle=v7 by me@here begins\nhttps://ci.example/1",
      "MessageAttributes.entry.1.Name": "kind",
      "MessageAttributes.entry.1.Value.StringValue": "started",
      "MessageAttributes.entry.2.Name": "stack",
      "MessageAttributes.entry.2.Value.StringValue": "prod",
    });
  });

  it("reports why it refused the message", async () => {
    aws.replies = { Publish: () => "!NotFoundException" };
    const topic = new Topic(ARN);
    const error = await topic.notify(notification(), new AbortController().signal).catch((error: Error) => error);
    assert.include((error as Error).message, "NotFoundException");
    assert.equal(topic.name, `sns (${ARN})`);
  });
});
