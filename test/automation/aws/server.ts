import "../../../automation/core/silent-aws-sdk";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const SILENCE = Symbol("silence");
/**
 * AWS's answer to one operation: a JSON body, or XML for the query protocol. A string that begins with `!` is an
 * error's code.
 */
type Reply = object | string | typeof SILENCE;
export type Replies = Record<string, (input: Record<string, unknown>) => Reply>;

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/**
 * Answers the real SDK over its real protocols with the replies that a test gives; their shapes come from AWS's API
 * references. While it is open, all SDK clients of this process talk to it.
 */
export class AwsServer {
  /** Reply that never comes: the request arrives and the connection stays open. */
  static readonly SILENCE: typeof SILENCE = SILENCE;
  /** Requests that arrived, in order. */
  readonly asked: { operation: string; input: Record<string, unknown> }[] = [];
  /** How far its clock is ahead of this machine's. */
  aheadMs = 0;
  readonly #own = { ...process.env };

  private constructor(
    private readonly server: Server,
    public replies: Replies,
  ) {}

  static async open(): Promise<AwsServer> {
    const server = createServer();
    const aws = new AwsServer(server, {});
    server.on("request", async (request, response) => {
      const { operation, input, isJson } = await read(request);
      aws.asked.push({ operation, input });
      const reply = aws.replies[operation]?.(input) ?? `!NoReplyTo${operation}`;
      if (reply === SILENCE) return;
      const code = typeof reply === "string" && reply.startsWith("!") ? reply.slice(1) : null;
      response.setHeader("date", new Date(Date.now() + aws.aheadMs).toUTCString());
      response.statusCode = code ? 400 : 200;
      response.setHeader("content-type", isJson ? "application/x-amz-json-1.1" : "text/xml");
      if (!code) response.end(typeof reply === "string" ? reply : JSON.stringify(reply));
      else if (isJson) response.end(JSON.stringify({ __type: code.split(" ")[0], message: code }));
      else
        response.end(
          `<ErrorResponse><Error><Code>${code.split(" ")[0]}</Code><Message>${code}</Message></Error></ErrorResponse>`,
        );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    return aws;
  }

  /** Returns the inputs of one operation, in order. */
  inputs(operation: string): Record<string, unknown>[] {
    return this.asked.flatMap((call) => (call.operation === operation ? [call.input] : []));
  }

  async close(): Promise<void> {
    for (const key of [...Object.keys(CREDENTIALS), "AWS_ENDPOINT_URL"]) {
      if (this.#own[key] === undefined) delete process.env[key];
      else process.env[key] = this.#own[key];
    }
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A REST operation has the name `GET <path>`, and its query is the input; or `POST <path>`, with its JSON body. */
async function read(request: IncomingMessage) {
  if (request.method === "GET") {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://aws");
    return { operation: `GET ${pathname}`, input: Object.fromEntries(searchParams), isJson: false };
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const target = request.headers["x-amz-target"];
  if (typeof target === "string")
    return { operation: target.split(".")[1]!, input: JSON.parse(body || "{}"), isJson: true };
  if (body.startsWith("{")) return { operation: `POST ${request.url}`, input: JSON.parse(body), isJson: true };
  const input = Object.fromEntries(new URLSearchParams(body));
  return { operation: input.Action!, input, isJson: false };
}
