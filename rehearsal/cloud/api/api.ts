import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { failCall } from "../faults/call-faults";
import { FAULTS_PATH } from "../faults/faults-client";
import { AwsError } from "../kernel/aws-error";
import type { AwsServiceName } from "../kernel/aws-services";
import type { CloudContext } from "../kernel/context";
import { type Endpoint, listenAgain } from "../kernel/endpoint";
import { jsonProtocol } from "../protocols/json";
import { queryProtocol } from "../protocols/query";
import type { Protocol } from "../protocols/service";
import type { ServiceApi } from "../services/cloud-service";
import type { Iam } from "../services/iam/model/iam";
import { Authorisation } from "./authorisation";
import type { Credentials } from "./credentials";
import { faultsAnswer } from "./faults";

/** The largest request is a batch of messages: 1 MiB of text, which JSON makes longer. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * Longer than clients keep an idle connection, so that no client sends a request on a connection that the server
 * closes.
 */
const KEEP_ALIVE_MS = 120_000;

export interface Api extends Endpoint {
  /** The value of AWS_ENDPOINT_URL. */
  url: string;
  /** Serves a connection that was made elsewhere, as one of its own. */
  accept(socket: Socket): void;
  close(): Promise<void>;
}

/** The part of the cloud that the API serves. */
export interface ApiCloud {
  context: CloudContext;
  iam: Iam;
  credentials: Credentials;
  /** By the name that requests are signed for. */
  apis: Record<string, ServiceApi>;
}

/**
 * Starts AWS's own interfaces over HTTP, as far as a deploy and the services use them. The official SDKs find them by
 * AWS_ENDPOINT_URL. A service, an operation or a parameter that is not modelled is an error that names it. Signatures
 * are not checked, but the owner of the key decides what is allowed. Tasks get their keys here too, as from the ECS
 * agent.
 *
 * @param options.port 0 for any free port
 */
export async function startApi(options: { cloud: ApiCloud; address: string; port: number }): Promise<Api> {
  const { cloud } = options;
  const authorisation = new Authorisation(cloud.iam, cloud.credentials, cloud.apis);
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answered = ownAnswer(request, cloud) ?? answer(request, { cloud, authorisation, signal: gone.signal });
    void Promise.resolve(answered).then(({ status, contentType, headers, body }) => {
      response.writeHead(status, { "content-type": contentType, ...headers }).end(body);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const listen = (port: number) => once(server.listen(port, options.address), "listening");
  await listen(options.port);
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${options.address}:${port}`,
    accept: (socket) => void server.emit("connection", socket),
    goAway: close,
    comeBack: () => listenAgain(() => listen(port)),
    close,
  };
}

interface Answer {
  status: number;
  contentType: string;
  headers?: Record<string, string> | undefined;
  body: string;
}

interface Parts {
  cloud: ApiCloud;
  authorisation: Authorisation;
  /** Aborted when the client hangs up. */
  signal: AbortSignal;
}

async function answer(request: IncomingMessage, { cloud, authorisation, signal }: Parts): Promise<Answer> {
  const { context, apis } = cloud;
  const { accessKeyId, service } = scopeOf(request);
  const api = apis[service];
  if (!api) {
    const known = Object.keys(apis).sort().join(", ");
    const error = new AwsError(
      "UnknownService",
      `the rehearsal cloud has no AWS service "${service}"; it has ${known}`,
    );
    return refusal(likelyProtocol(request), error);
  }
  const { protocol, operations } = api;
  try {
    const { operation, input } = protocol.read(request, await bodyOf(request));
    const caller = authorisation.caller(accessKeyId, protocol);
    failCall(context, `${service as AwsServiceName}:${operation}`);
    const perform = operations[operation];
    if (!perform) {
      const known = Object.keys(operations).join(", ");
      throw new AwsError(
        "InvalidAction",
        `the rehearsal cloud has no ${service} operation ${operation}; it has ${known}`,
      );
    }
    authorisation.check(caller, { service, operation, input }, protocol);
    const output = await perform(input, { caller, signal });
    return { status: 200, contentType: protocol.contentType, body: protocol.write(operation, output) };
  } catch (error) {
    return refusal(protocol, error as Error);
  }
}

function refusal(protocol: Protocol, error: Error): Answer {
  const isRefusal = error instanceof AwsError;
  const code = isRefusal ? error.code : "InternalFailure";
  return {
    status: isRefusal ? 400 : 500,
    contentType: protocol.contentType,
    headers: protocol.errorHeaders?.(code),
    body: protocol.writeError(code, error.message),
  };
}

/**
 * Answers requests for credentials and faults, which are no calls to an AWS service; undefined for any other request.
 */
function ownAnswer(request: IncomingMessage, { context, credentials }: ApiCloud): Answer | Promise<Answer> | undefined {
  const { method, url = "" } = request;
  if (method === "GET" && url.startsWith("/credentials/")) return credentialsAnswer(url, credentials);
  const { faults } = context;
  if (!faults || !url.startsWith(FAULTS_PATH)) return undefined;
  return bodyOf(request).then((body) => faultsAnswer(request, body, faults));
}

function credentialsAnswer(path: string, credentials: Credentials): Answer {
  const contentType = "application/json";
  const found = credentials.answer(path);
  if (found) return { status: 200, contentType, body: JSON.stringify(found) };
  const body = JSON.stringify({ code: "InvalidIdInRequest", message: "CredentialsV2Request: Credentials not found" });
  return { status: 404, contentType, body };
}

/**
 * Reads the key and the service from SigV4's scope of credentials: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
 */
function scopeOf(request: IncomingMessage): { accessKeyId: string; service: string } {
  const authorization = request.headers.authorization ?? "";
  const [, accessKeyId = "", service = "(unsigned request)"] =
    /Credential=([^/]*)\/\d+\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  return { accessKeyId, service };
}

/** Lets the client of a service that does not exist here read the reason. */
function likelyProtocol(request: IncomingMessage): Protocol {
  return request.headers["content-type"]?.includes("json") ? jsonProtocol : queryProtocol;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new AwsError("RequestEntityTooLarge", `a request has at most ${MAX_BODY_BYTES} bytes here`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
