import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Notification, Notifier } from "./notification";
import { snsMessage } from "./texts";

/** Publishes each notification to an SNS topic. Subscriptions can filter by the attributes `kind` and `stack`. */
export class Topic implements Notifier {
  readonly name: string;
  readonly #client: SNSClient;

  constructor(private readonly arn: string) {
    this.name = `sns (${arn})`;
    this.#client = new SNSClient({ region: arn.split(":")[3]! });
  }

  async notify(notification: Notification, abortSignal: AbortSignal): Promise<void> {
    const text = (value: string) => ({ DataType: "String", StringValue: value });
    const { kind, stack } = notification;
    const command = new PublishCommand({
      TopicArn: this.arn,
      ...snsMessage(notification),
      MessageAttributes: { kind: text(kind), stack: text(stack) },
    });
    await this.#client.send(command, { abortSignal });
  }
}
