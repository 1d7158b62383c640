import { once } from "node:events";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { EnvHttpProxyAgent } from "undici";
import { z } from "zod";

/** For a whole call or message, connecting and the SDK's own retries included. */
const LIMIT_MS = 5_000;
/** Shorter than the 60 s after which a load balancer closes an idle connection: a POST must not go into one that is just closing. */
const KEEP_ALIVE_MS = 50_000;
/** No connection is used longer, so that each follows the name `users` to where it leads now. A deploy drains for 80 s. */
const CONNECTION_LIFE_MS = 60_000;

const user = z.object({ id: z.string(), name: z.string() });
export type User = z.infer<typeof user>;

/** Another service failed, or the way to it: the answer is 502, and the log has `event` with service and reason. */
export class NeighbourFailed extends Error {
  constructor(
    readonly event: "callFailed" | "sendFailed",
    readonly service: string,
    readonly reason: string,
  ) {
    super(`${event === "callFailed" ? "a call to" : "a message for"} ${service} failed: ${reason}`);
  }
}

/** Calls the service users. It keeps connections and honours HTTPS_PROXY and NO_PROXY. It repeats nothing: a POST without an answer may have been done. */
export class Users {
  readonly #agent = new EnvHttpProxyAgent({ keepAliveTimeout: KEEP_ALIVE_MS, clientTtl: CONNECTION_LIFE_MS });

  constructor(private readonly url: string) {}

  /** The user created last, as the instance that answers knows it; null if there is none. */
  async newest(): Promise<User | null> {
    const { users } = z.object({ users: z.array(user) }).parse(await this.#call("GET", "/users?limit=1", 200));
    return users[0] ?? null;
  }

  async create(json: User): Promise<void> {
    await this.#call("POST", "/users", 201, JSON.stringify(json));
  }

  /** One that is not there any more is no failure. */
  async remove(id: string): Promise<void> {
    await this.#call("DELETE", `/users/${id}`, [204, 404]);
  }

  async #call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    wanted: number | readonly number[],
    body?: string,
  ): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(LIMIT_MS);
    const call = this.#agent
      .request({ origin: new URL(this.url).origin, path, method, headers, body, signal })
      .then(async (answer) => ({ status: answer.statusCode, json: await answer.body.text() }));
    const noAnswer = once(signal, "abort").then((): never => signal.throwIfAborted() as never);
    try {
      // Not only the request's signal: undici does not observe it while it waits for a proxy.
      const { status, json } = await Promise.race([noAnswer, call]);
      if (![wanted].flat().includes(status)) throw new Error(`wanted ${wanted}, got ${status}`);
      return json === "" ? undefined : JSON.parse(json);
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${LIMIT_MS / 1000} s` : reasonOf(error);
      throw new NeighbourFailed("callFailed", "users", `${method} ${path}: ${reason}`);
    }
  }
}

/** Sends messages to the worker mailer, through its queue. Region, credentials and endpoint are the environment's. */
export class Mailer {
  // Otherwise the host in the queue's URL would win over AWS_ENDPOINT_URL.
  readonly #sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

  constructor(private readonly queueUrl: string) {}

  /** Resolves when the queue has the message. If it rejects, the queue may have taken the message all the same. */
  async send(job: { id: string; to: string; subject: string }): Promise<void> {
    const command = new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(job) });
    await this.#sqs.send(command, { abortSignal: AbortSignal.timeout(LIMIT_MS) }).catch((error: Error) => {
      throw new NeighbourFailed("sendFailed", "mailer", `${error.name}: ${reasonOf(error)}`);
    });
  }
}

/** One line. Network errors of Node have an empty message when several addresses were tried. */
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).split("\n", 1)[0]!;
}
