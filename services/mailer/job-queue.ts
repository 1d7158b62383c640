import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/** The most that SQS hands out at once, and the longest that it lets a request wait for a message. */
const MAX_JOBS = 10;
const WAIT_SECONDS = 20;
/** Limit for such a request: a connection that has silently died must not hold up the worker. */
const RECEIVE_LIMIT_MS = 30_000;
/** Limit for deleting a message, the SDK's own retries included. */
const DELETE_LIMIT_MS = 10_000;

export interface Message {
  body: string;
  /** Receipt handle: each time that SQS hands a message out it has another one. */
  receipt: string;
}

/** A worker's queue. Region, credentials and endpoint are the environment's. Methods throw the SDK's errors. */
export class JobQueue {
  // Otherwise the host in the queue's URL would win over AWS_ENDPOINT_URL.
  readonly #sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

  constructor(private readonly url: string) {}

  /** Up to 10 messages; none after 20 s without one. Until their visibility timeout is over, nobody else gets them. */
  async receive(signal: AbortSignal): Promise<Message[]> {
    const request = { QueueUrl: this.url, MaxNumberOfMessages: MAX_JOBS, WaitTimeSeconds: WAIT_SECONDS };
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(RECEIVE_LIMIT_MS)]);
    const { Messages = [] } = await this.#sqs.send(new ReceiveMessageCommand(request), { abortSignal });
    return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({ body: Body, receipt: ReceiptHandle }));
  }

  /** Deletes a message that is done. SQS hands out every other one again. */
  async delete({ receipt }: Message): Promise<void> {
    const command = new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: receipt });
    await this.#sqs.send(command, { abortSignal: AbortSignal.timeout(DELETE_LIMIT_MS) });
  }
}
