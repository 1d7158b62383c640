import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/** As many as SQS hands out at once. */
const MAX_JOBS = 10;

/** As long as SQS lets a request wait for a job. */
const WAIT_SECONDS = 20;

/** For such a request: a connection that has silently died must not hold up the worker. */
const RECEIVE_LIMIT_MS = 30_000;

/** For deleting a job, the SDK's own tries included. */
const DELETE_LIMIT_MS = 10_000;

export interface Message {
  body: string;
  /** Of this giving-out: a job given out again has another one. */
  receipt: string;
}

/** The queue, in a worker's words. Region, credentials and endpoint are the environment's. Methods throw the SDK's errors. */
export class JobQueue {
  // Otherwise the host in the queue's URL would win over AWS_ENDPOINT_URL.
  readonly #sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

  constructor(private readonly url: string) {}

  /** Up to 10 messages; none after 20 s without one. Until its visibility timeout is over, nobody else gets them. */
  async receive(signal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.url,
      MaxNumberOfMessages: MAX_JOBS,
      WaitTimeSeconds: WAIT_SECONDS,
    });
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(RECEIVE_LIMIT_MS)]);
    const { Messages = [] } = await this.#sqs.send(command, { abortSignal });
    return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({ body: Body, receipt: ReceiptHandle }));
  }

  /** What is not deleted is given out again. */
  async delete({ receipt }: Message): Promise<void> {
    const command = new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: receipt });
    await this.#sqs.send(command, { abortSignal: AbortSignal.timeout(DELETE_LIMIT_MS) });
  }
}
