import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../aws-error";
import type { Cloud } from "../cloud";
import { autoScalingOperations } from "./auto-scaling";
import { ecrOperations } from "./ecr";
import { ecsOperations } from "./ecs";
import { elbOperations } from "./elb";
import { jsonProtocol } from "./json-protocol";
import { queryProtocol } from "./query-protocol";
import type { ApiService } from "./service";

/** Requests of the deploy script are small; a manifest is the largest. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface Api {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  close(): Promise<void>;
}

/**
 * AWS's own interfaces over HTTP, as far as a deploy looks through them: the official SDKs work against it with AWS_ENDPOINT_URL.
 * An operation that is not modelled is an error that names it.
 */
export async function startApi({
  cloud,
  address,
  port,
}: {
  cloud: Cloud;
  address: string;
  port: number;
}): Promise<Api> {
  const services: Record<string, ApiService> = {
    ecs: { protocol: jsonProtocol, operations: ecsOperations(cloud.compute.ecs) },
    ecr: { protocol: jsonProtocol, operations: ecrOperations(cloud.ecr) },
    elasticloadbalancing: { protocol: queryProtocol, operations: elbOperations(cloud.loadBalancing) },
    autoscaling: { protocol: queryProtocol, operations: autoScalingOperations(cloud.compute.autoScaling) },
  };
  const server = createServer((request, response) => {
    void answer(request, services).then(({ status, contentType, body }) => {
      response.writeHead(status, { "content-type": contentType }).end(body);
    });
  });
  server.listen(port, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, services: Record<string, ApiService>) {
  const name = signedService(request);
  const service = services[name];
  if (!service)
    return {
      status: 400,
      contentType: "text/plain",
      body: `the rehearsal cloud has no AWS service "${name}"; it has ${Object.keys(services).join(", ")}`,
    };
  const { protocol, operations } = service;
  let operation = "";
  try {
    const call = protocol.read(request, await bodyOf(request));
    operation = call.operation;
    const perform = operations[operation];
    if (!perform)
      throw new AwsError(
        "InvalidAction",
        `the rehearsal cloud has no ${name} operation ${operation}; it has ${Object.keys(operations).join(", ")}`,
      );
    return { status: 200, contentType: protocol.contentType, body: protocol.write(operation, perform(call.input)) };
  } catch (error) {
    const code = error instanceof AwsError ? error.code : "InternalFailure";
    return {
      status: error instanceof AwsError ? 400 : 500,
      contentType: protocol.contentType,
      body: protocol.writeError(code, (error as Error).message),
    };
  }
}

/** SigV4 names the service in the credential's scope: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function signedService(request: IncomingMessage): string {
  return (
    /Credential=[^/]*\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "(unsigned request)"
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new AwsError("RequestEntityTooLarge", `a request has at most ${MAX_BODY_BYTES} bytes here`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
