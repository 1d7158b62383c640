import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type OwnNames, webPageRefusal } from "../../../automation/core/loopback-guard";
import { failCall } from "../faults/call-faults";
import { FAULTS_PATH } from "../faults/faults-client";
import { AwsError } from "../kernel/aws-error";
import type { AwsServiceName } from "../kernel/aws-services";
import type { CloudContext } from "../kernel/context";
import { type Endpoint, ServerEndpoint } from "../kernel/endpoint";
import { jsonProtocol } from "../protocols/json";
import { queryProtocol } from "../protocols/query";
import type { Protocol, Reply } from "../protocols/service";
import { checkRequest } from "../refusals/api-models";
import type { ServiceApi } from "../services/cloud-service";
import type { Rds } from "../services/rds/model/rds";
import { ROWS_PATH } from "../services/rds/rows-client";
import { bucketOfHost } from "../services/s3/api/protocol";
import type { GitHubIssuer } from "../services/sts/model/web-identity";
import type { Authorisation } from "./authorisation";
import type { Credentials } from "./credentials";
import { faultsAnswer } from "./faults";
import { TOKEN_PATH, tokenAnswer } from "./job-tokens";

/** The largest requests are objects of S3. Larger ones come in parts, which no program here needs. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/**
 * Longer than clients keep an idle connection, so that no client sends a request on a connection that the server
 * closes.
 */
const KEEP_ALIVE_MS = 120_000;
/** This machine itself. Nobody else has a page under these names, nor under those of buckets, so none is refused for them. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)(?::\d+)?$/;
const OWN_NAMES: OwnNames = {
  isHost: (host) => LOOPBACK.test(host) || bucketOfHost(host) !== undefined,
  // No page asks the API: those that follow a rehearsal have servers of their own.
  origins: [],
};

export interface Api extends Endpoint {
  /** The value of AWS_ENDPOINT_URL. */
  url: string;
  /** Serves a connection that was made elsewhere, as one of its own. */
  accept(socket: Socket): void;
  close(): Promise<void>;
}

/** Where the port of the provider is asked for that has the key after it. */
export const PROVIDER_PATH = "/provider/";

/** The part of the cloud that the API serves. */
export interface ApiCloud {
  context: CloudContext;
  authorisation: Authorisation;
  credentials: Credentials;
  /** Gives jobs their tokens. Default: there are no jobs. */
  gitHub?: GitHubIssuer;
  /** Returns the port of the provider that has a key. Default: there is no provider. */
  providerPort?(accessKeyId: string): Promise<number>;
  /** Databases whose rows the rehearsal may read. Default: there are none. */
  rds?: Pick<Rds, "rows">;
  /** By the name that requests are signed for. */
  apis: Record<string, ServiceApi>;
}

export interface ApiOptions {
  cloud: ApiCloud;
  address: string;
  /** 0 for any free port. */
  port: number;
  /** PEM of the server's certificate and its key, to serve HTTPS. Default: plain HTTP. */
  tls?: { certificate: string; privateKey: string };
}

/**
 * Starts AWS's own interfaces over HTTP, as far as a deploy and the services use them. The official SDKs find them by
 * AWS_ENDPOINT_URL. A service, an operation or a parameter that is not modelled is an error that names it. Signatures
 * are not checked, but the owner of the key decides what is allowed. Tasks get their keys here too, as from the ECS
 * agent.
 */
export async function startApi({ cloud, address, port: wantedPort, tls }: ApiOptions): Promise<Api> {
  const answerTo = answers(cloud);
  const listener: RequestListener = (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    void answerTo(request, gone.signal).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(body);
    });
  };
  const server = tls
    ? createTlsServer({ cert: tls.certificate, key: tls.privateKey }, listener)
    : createServer(listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server.listen(wantedPort, address), "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = new ServerEndpoint(server, () => server.closeAllConnections());
  return {
    url: `${tls ? "https" : "http"}://${address}:${port}`,
    accept: (socket) => void server.emit("connection", socket),
    goAway: () => endpoint.goAway(),
    comeBack: () => endpoint.comeBack(),
    close: () => endpoint.close(),
  };
}

/**
 * Returns a function that answers one request to the API.
 * @param signal aborted when the client hangs up
 */
export function answers(cloud: ApiCloud): (request: IncomingMessage, signal: AbortSignal) => Promise<Reply> {
  return async (request, signal) => {
    try {
      return webPageAnswer(request) ?? (await (ownAnswer(request, cloud) ?? answer(request, cloud, signal)));
    } catch (error) {
      // One request that cannot be read must not end the cloud.
      return json({ error: (error as Error).message }, 500);
    }
  };
}

/** Refuses what a web page asks for; undefined for any other request. */
function webPageAnswer(request: IncomingMessage): Reply | undefined {
  const status = webPageRefusal(request, OWN_NAMES);
  if (status === undefined) return undefined;
  const { host, origin } = request.headers;
  const error =
    status === 421
      ? `the rehearsal cloud is not called ${host}: wanted an address of this machine, or a bucket's name`
      : `the rehearsal cloud answers programs, no web pages: given a request from ${origin}`;
  return json({ error }, status);
}

async function answer(request: IncomingMessage, cloud: ApiCloud, signal: AbortSignal): Promise<Reply> {
  const { context, authorisation, apis } = cloud;
  const arrivedAtMs = performance.now();
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
    const caller =
      accessKeyId === null ? authorisation.anonymous(service, operation) : authorisation.caller(accessKeyId, protocol);
    failCall(context, `${service as AwsServiceName}:${operation}`);
    const perform = operations[operation];
    if (!perform) {
      const known = Object.keys(operations).join(", ");
      throw new AwsError(
        "InvalidAction",
        `the rehearsal cloud has no ${service} operation ${operation}; it has ${known}`,
      );
    }
    checkRequest(`${service as AwsServiceName}:${operation}`, input, true);
    // Plain HTTP stands for TLS, except where clients really connect by TLS.
    const isSecure = !api.hasTls || request.socket instanceof TLSSocket;
    authorisation.check(caller, { service, operation, input, isSecure }, protocol);
    const written = protocol.write(operation, await perform(input, { caller, signal, arrivedAtMs }));
    if (typeof written !== "string") return written;
    return { status: 200, headers: { "content-type": protocol.contentType }, body: written };
  } catch (error) {
    return refusal(protocol, error as Error);
  }
}

function refusal(protocol: Protocol, error: Error): Reply {
  const isRefusal = error instanceof AwsError;
  const code = isRefusal ? error.code : "InternalFailure";
  return {
    status: isRefusal ? (protocol.errorStatus?.(code) ?? 400) : 500,
    headers: { "content-type": protocol.contentType, ...protocol.errorHeaders?.(code) },
    body: protocol.writeError(code, error.message),
  };
}

/**
 * Answers requests for credentials, rows and faults, which are no calls to an AWS service; undefined for any other request.
 */
function ownAnswer(
  request: IncomingMessage,
  { context, credentials, gitHub, providerPort, rds }: ApiCloud,
): Reply | Promise<Reply> | undefined {
  const { method, url = "" } = request;
  if (method === "GET" && gitHub && url.startsWith(TOKEN_PATH)) return tokenAnswer(url, gitHub);
  if (method === "GET" && url.startsWith("/credentials/")) return credentialsAnswer(url, credentials);
  if (method === "GET" && providerPort && url.startsWith(PROVIDER_PATH)) {
    return providerPort(url.slice(PROVIDER_PATH.length)).then((port) => json({ port }));
  }
  if (method === "GET" && rds && url.startsWith(ROWS_PATH)) return rowsAnswer(url, rds);
  const { faults } = context;
  if (!faults || !url.startsWith(FAULTS_PATH)) return undefined;
  return bodyOf(request).then((body) => faultsAnswer(request, body.toString(), faults));
}

function credentialsAnswer(path: string, credentials: Credentials): Reply {
  const found = credentials.answer(path);
  if (found) return json(found);
  return json({ code: "InvalidIdInRequest", message: "CredentialsV2Request: Credentials not found" }, 404);
}

function json(value: object, status = 200): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/**
 * Reads the key and the service from SigV4's scope of credentials: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
 * Only the Security Token Service has operations without a signature, for those who have no key yet.
 */
function scopeOf(request: IncomingMessage): { accessKeyId: string | null; service: string } {
  const { authorization = "", "content-type": type = "" } = request.headers;
  if (authorization === "" && type.includes("x-www-form-urlencoded")) return { accessKeyId: null, service: "sts" };
  const [, accessKeyId = "", service = "(unsigned request)"] =
    /Credential=([^/]*)\/\d+\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  return { accessKeyId, service };
}

/** Lets the client of a service that does not exist here read the reason. */
function likelyProtocol(request: IncomingMessage): Protocol {
  return request.headers["content-type"]?.includes("json") ? jsonProtocol : queryProtocol;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new AwsError("RequestEntityTooLarge", `a request has at most ${MAX_BODY_BYTES} bytes here`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers a request for the rows of a table. */
async function rowsAnswer(url: string, rds: Pick<Rds, "rows">): Promise<Reply> {
  const [database = "", schema = "", table = ""] = url.slice(ROWS_PATH.length).split("/").map(decodeURIComponent);
  const rows = await rds.rows(database, schema, table);
  if (rows === undefined) return { status: 404, headers: {}, body: `there is no database ${database}` };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(rows) };
}
