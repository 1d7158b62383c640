import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { NeighbourFailed } from "./neighbour-failed";

/** For a whole job, the SDK's own tries included. */
const SEND_LIMIT_MS = 5_000;

export interface MailJob {
  id: string;
  to: string;
  subject: string;
}

/** Hands jobs over to the worker mailer, through its queue. Region, credentials and endpoint are the environment's. */
export class MailJobs {
  // Otherwise the host in the queue's URL would win over AWS_ENDPOINT_URL.
  readonly #sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

  constructor(private readonly queueUrl: string) {}

  /** Resolves when the queue has the job. Throws NeighbourFailed; the job may have been taken all the same. */
  async send(job: MailJob): Promise<void> {
    const command = new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(job) });
    try {
      await this.#sqs.send(command, { abortSignal: AbortSignal.timeout(SEND_LIMIT_MS) });
    } catch (error) {
      throw new NeighbourFailed("sendFailed", "mailer", reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  if (name === "AbortError") return `not taken within ${SEND_LIMIT_MS / 1000} s`;
  return `${name}: ${message}`.split("\n", 1)[0] ?? "";
}
