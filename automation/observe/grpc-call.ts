import { type ChannelOptions, Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { HEALTH_PATHS } from "../../components/settings/schema/kinds";
import { type HttpResponse, RELEASE_HEADER } from "../ports/http-client";

const HTTPS_PORT = 443;
/** The field `status` of a HealthCheckResponse, and its value SERVING. */
const STATUS_FIELD = 8;
const SERVING = 1;

interface GrpcCall {
  /** The host of the service, with its port unless that is 443. */
  host: string;
  /** The name or address to connect to instead; null for the host. */
  address: string | null;
  /** The path of the method, such as `/grpc.health.v1.Health/Check`. */
  method: string;
  /** The URL of an HTTP proxy; undefined for none. */
  proxy: string | undefined;
  timeoutMs: number;
}

/**
 * Calls a gRPC method with an empty message, on a new connection. A load balancer's own answer, such as 503, is an error
 * of gRPC here, as for any client. From the standard health service only SERVING is a good answer, where a load balancer
 * is content with OK (aws-rules E57).
 * @throws Error if no connection could be made
 * @public loaded by require, which the search for unused exports does not see
 */
export async function callGrpc({ host, address, method, proxy, timeoutMs }: GrpcCall): Promise<HttpResponse> {
  const [hostName, port = HTTPS_PORT] = host.split(":");
  const place = `${address ?? hostName}:${port}`;
  const client = new Client(proxy === undefined ? place : new URL(proxy).host, credentials.createSsl(), {
    "grpc.ssl_target_name_override": hostName!,
    "grpc.default_authority": host,
    "grpc.enable_retries": 0,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.service_config_disable_resolution": 1,
    // grpc-js reads other variables than most programs do.
    "grpc.enable_http_proxy": 0,
    ...(proxy === undefined ? {} : throughProxy(new URL(proxy), place)),
  });
  let release = "";
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      const deadline = new Date(Date.now() + timeoutMs);
      const answered = (grpcError: string | undefined) =>
        resolve({ status: 200, release, ...(grpcError === undefined ? {} : { grpcError }) });
      const call = client.makeUnaryRequest(
        method,
        asBytes,
        asBytes,
        Buffer.alloc(0),
        { deadline },
        (error, message) => {
          if (error && isUnconnected(error)) reject(new Error(error.details));
          else answered(error ? error.message : notServing(method, message));
        },
      );
      call.on("metadata", (metadata) => {
        release = String(metadata.get(RELEASE_HEADER)[0] ?? "");
      });
    });
  } finally {
    client.close();
  }
}

function throughProxy({ username, password }: URL, place: string): ChannelOptions {
  const user = decodeURIComponent(`${username}:${password}`);
  return { "grpc.http_connect_target": `dns:${place}`, ...(username ? { "grpc.http_connect_creds": user } : {}) };
}

/** gRPC has one status for a server that cannot be reached and for one that says so; the text tells them apart. */
function isUnconnected({ code, details }: ServiceError): boolean {
  return code === status.UNAVAILABLE && /^(?:No connection established|Name resolution failed)/.test(details);
}

function notServing(method: string, message: Buffer = Buffer.alloc(0)): string | undefined {
  if (method !== HEALTH_PATHS.grpc || (message[0] === STATUS_FIELD && message[1] === SERVING)) return undefined;
  return "0 OK: the health service does not say SERVING";
}

function asBytes(message: Buffer): Buffer {
  return message;
}
