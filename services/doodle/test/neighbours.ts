import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";

type Answer = { status: number; body: unknown };

export interface Neighbour {
  url: string;
  /** `POST /path body`, as they came. */
  requests: string[];
  /** Connections that were opened. */
  connections(): number;
  close(): void;
}

/** A server that answers as it is told; undefined: never. */
async function neighbour(answer: (request: IncomingMessage, body: string) => Answer | undefined): Promise<Neighbour> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push(`${request.method} ${request.url} ${body}`.trim());
    const answered = answer(request, body);
    if (answered)
      response.writeHead(answered.status).end(answered.body === undefined ? "" : JSON.stringify(answered.body));
  });
  server.on("connection", () => {
    connections += 1;
  });
  return { url: await listen(server), requests, connections: () => connections, close: () => closeAll(server) };
}

/** Stands in for users; `statuses` override those of its answers, in turn. */
export function fakeUsers(statuses: number[] = []): Promise<Neighbour> {
  const users: unknown[] = [];
  return neighbour(({ method }, body) => {
    const status = statuses.shift();
    if (status !== undefined) return { status, body: { error: "as told" } };
    if (method === "DELETE") return { status: 204, body: undefined };
    if (method !== "POST") return { status: 200, body: { users: users.slice(-1) } };
    users.push(JSON.parse(body));
    return { status: 201, body: JSON.parse(body) };
  });
}

/** Stands in for SQS, as far as sending needs it. Messages that begin with `refused` are not allowed. */
export function fakeSqs(): Promise<Neighbour> {
  return neighbour(({ headers }, body) => {
    const { MessageBody } = JSON.parse(body) as { MessageBody: string };
    if (headers["x-amz-target"] !== "AmazonSQS.SendMessage")
      return { status: 400, body: { __type: "UnknownOperation" } };
    if (MessageBody.includes("refused"))
      return {
        status: 403,
        body: { __type: "com.amazonaws.sqs#AccessDenied", message: "sqs:SendMessage is not allowed" },
      };
    return { status: 200, body: { MessageId: "m1", MD5OfMessageBody: md5(MessageBody) } };
  });
}

/** A proxy that leads every tunnel to the given port of this machine. */
export async function fakeProxy(port: number): Promise<{ url: string; tunnels: string[]; close(): void }> {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, client) => {
    tunnels.push(request.url ?? "");
    const server = connect(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
    client.pipe(server).pipe(client);
  });
  return { url: await listen(proxy), tunnels, close: () => closeAll(proxy) };
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closeAll(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** What the AWS SDK needs to know; the endpoint is a fake's. */
export const awsEnvironment = (endpoint: string): Record<string, string> => ({
  AWS_REGION: "ap-northeast-1",
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
});

export const QUEUE_URL = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/mailer";
