import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Input = Record<string, unknown>;

export const QUEUE_URL = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/mailer";

/** Stands in for SQS (one queue, nothing becomes visible again) and for CloudWatch Logs, as far as mailer and its deploy test need them. */
export class FakeAws {
  /** Given to the next who asks. */
  readonly waiting: string[] = [];
  /** The receipt handles of messages that were deleted. */
  readonly deleted: string[] = [];
  readonly operations: string[] = [];
  /** Messages of log events. */
  readonly log: string[] = [];
  /** Refuses to give out messages. */
  denied = false;
  readonly #polls: ServerResponse[] = [];
  readonly #server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1)!;
    this.operations.push(operation);
    this.#answer(operation, JSON.parse(await text(request)) as Input, response);
  });

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** What leads the AWS SDK here. */
  get environment(): Record<string, string> {
    return {
      AWS_REGION: "ap-northeast-1",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
  }

  /** Requests that wait for a message. */
  get polls(): number {
    return this.#polls.filter(({ destroyed }) => !destroyed).length;
  }

  add(...jobs: string[]): void {
    this.waiting.push(...jobs);
    const poll = this.#polls.find(({ destroyed }) => !destroyed);
    if (!poll) return;
    this.#polls.splice(0, this.#polls.indexOf(poll) + 1);
    this.#give(poll);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(operation: string, input: Input, response: ServerResponse): void {
    const answers: Record<string, () => void> = {
      ReceiveMessage: () => {
        if (this.denied)
          reply(response, 400, {
            __type: "com.amazonaws.sqs#AccessDenied",
            message: "sqs:ReceiveMessage is not allowed",
          });
        else if (this.waiting.length > 0) this.#give(response);
        else this.#polls.push(response);
      },
      DeleteMessage: () => {
        this.deleted.push(input.ReceiptHandle as string);
        reply(response, 200, {});
      },
      SendMessage: () => {
        const body = input.MessageBody as string;
        this.add(body);
        reply(response, 200, { MessageId: "m1", MD5OfMessageBody: md5(body) });
      },
      FilterLogEvents: () => {
        const wanted = (input.filterPattern as string).split(" ").map((term) => JSON.parse(term) as string);
        const found = this.log.filter((message) => wanted.every((term) => message.includes(term)));
        // One a page, so that pages are followed.
        const at = Number(input.nextToken ?? 0);
        reply(response, 200, {
          events: found.slice(at, at + 1).map((message) => ({ message })),
          ...(at + 1 < found.length && { nextToken: String(at + 1) }),
        });
      },
    };
    answers[operation]!();
  }

  #give(response: ServerResponse): void {
    const Messages = this.waiting
      .splice(0, 10)
      .map((Body) => ({ MessageId: Body, ReceiptHandle: Body, Body, MD5OfBody: md5(Body) }));
    reply(response, 200, { Messages });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}

function md5(body: string): string {
  return createHash("md5").update(body).digest("hex");
}

export function jobText(id: string): string {
  return JSON.stringify({ id, to: "aoi@example.jp", subject: "Hello" });
}
