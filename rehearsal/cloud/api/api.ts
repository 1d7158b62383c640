import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ecr } from "../aws/ecr";
import type { LoadBalancing } from "../aws/load-balancing/load-balancing";
import type { HostedZones } from "../aws/route53/hosted-zones";
import { AwsError } from "../aws-error";
import type { Compute } from "../compute/compute";
import type { CloudContext } from "../context";
import { autoScalingOperations } from "./auto-scaling";
import { ecrOperations } from "./ecr";
import { ecsOperations } from "./ecs";
import { elbOperations } from "./elb";
import { jsonProtocol } from "./json-protocol";
import { queryProtocol } from "./query-protocol";
import { route53Operations } from "./route53";
import { route53Protocol } from "./route53-protocol";
import type { ApiService, Protocol } from "./service";
import { stsOperations } from "./sts";

/** Requests of the deploy script are small; a manifest is the largest. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface Api {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  close(): Promise<void>;
}

/** The parts of the cloud that can be asked. */
export interface ApiCloud {
  context: CloudContext;
  compute: Pick<Compute, "ecs" | "autoScaling">;
  ecr: Ecr;
  loadBalancing: Pick<LoadBalancing, "describeTargetHealth" | "describeLoadBalancers">;
  hostedZones: Pick<HostedZones, "listRecords" | "getChange">;
}

/**
 * AWS's own interfaces over HTTP, as far as a deploy looks through them: the official SDKs work against it with AWS_ENDPOINT_URL.
 * A service, an operation or a parameter that is not modelled is an error that names it. Signatures are not checked.
 *
 * @param options.port 0 for any free one
 */
export async function startApi(options: { cloud: ApiCloud; address: string; port: number }): Promise<Api> {
  const services = servicesOf(options.cloud);
  const server = createServer((request, response) => {
    void answer(request, services).then(({ status, contentType, body }) => {
      response.writeHead(status, { "content-type": contentType }).end(body);
    });
  });
  server.listen(options.port, options.address);
  await once(server, "listening");
  return {
    url: `http://${options.address}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** By the name that requests are signed for. */
function servicesOf({ context, compute, ecr, loadBalancing, hostedZones }: ApiCloud): Record<string, ApiService> {
  return {
    ecs: { protocol: jsonProtocol, operations: ecsOperations(compute.ecs) },
    ecr: { protocol: jsonProtocol, operations: ecrOperations(ecr) },
    elasticloadbalancing: { protocol: queryProtocol, operations: elbOperations(loadBalancing) },
    autoscaling: { protocol: queryProtocol, operations: autoScalingOperations(compute.autoScaling) },
    route53: { protocol: route53Protocol, operations: route53Operations(hostedZones) },
    sts: { protocol: queryProtocol, operations: stsOperations(context) },
  };
}

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

async function answer(request: IncomingMessage, services: Record<string, ApiService>): Promise<Answer> {
  const name = signedService(request);
  const service = services[name];
  if (!service) {
    const known = Object.keys(services).join(", ");
    const error = new AwsError("UnknownService", `the rehearsal cloud has no AWS service "${name}"; it has ${known}`);
    return refusal(likelyProtocol(request), error);
  }
  const { protocol, operations } = service;
  try {
    const { operation, input } = protocol.read(request, await bodyOf(request));
    const perform = operations[operation];
    if (!perform) {
      const known = Object.keys(operations).join(", ");
      throw new AwsError("InvalidAction", `the rehearsal cloud has no ${name} operation ${operation}; it has ${known}`);
    }
    return { status: 200, contentType: protocol.contentType, body: protocol.write(operation, perform(input)) };
  } catch (error) {
    return refusal(protocol, error as Error);
  }
}

function refusal(protocol: Protocol, error: Error): Answer {
  const isRefusal = error instanceof AwsError;
  return {
    status: isRefusal ? 400 : 500,
    contentType: protocol.contentType,
    body: protocol.writeError(isRefusal ? error.code : "InternalFailure", error.message),
  };
}

/** SigV4 names the service in the credential's scope: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function signedService(request: IncomingMessage): string {
  const authorization = request.headers.authorization ?? "";
  return /Credential=[^/]*\/\d+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1] ?? "(unsigned request)";
}

/** So that also the client of a service that is not there can read why. */
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
