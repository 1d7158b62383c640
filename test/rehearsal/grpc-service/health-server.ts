import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";

/** Messages stay bytes: a service as small as this needs no descriptors. */
const bytes = (given: Buffer) => given;
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  ...{ path, requestStream, responseStream },
  ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
});
export const CHECK = method("/grpc.health.v1.Health/Check", false, false);
export const WATCH = method("/grpc.health.v1.Health/Watch", false, true);
export const ECHO = method("/test.Echo/Echo", true, true);

/** A HealthCheckResponse that says SERVING, and a HealthCheckRequest about the whole server. */
export const SERVING = Buffer.from([8, 1]);
export const WHOLE = Buffer.alloc(0);

const check: handleUnaryCall<Buffer, Buffer> = ({ metadata }, answer) => {
  const [wanted] = metadata.get("fail-with");
  if (wanted === undefined) answer(null, SERVING);
  else answer({ code: Number(wanted), details: `asked for ${wanted}` });
};
const echo: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
  call.on("data", (message) => call.write(message));
  call.on("end", () => call.end());
};

/**
 * Starts a gRPC server with the standard health service, in clear text.
 * @param port 0 for any free one
 */
export async function startHealthServer(address: string, port: number) {
  const server = new Server();
  const watching = new Set<ServerWritableStream<Buffer, Buffer>>();
  const watch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    watching.add(call);
    call.on("cancelled", () => watching.delete(call));
    call.write(SERVING);
  };
  server.addService({ check: CHECK, watch: WATCH, echo: ECHO }, { check, watch, echo });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error, given) =>
      error ? reject(error) : resolve(given),
    ),
  );
  return {
    endpoint: { address, port: bound },
    /** Streams of Watch that no client has ended. */
    watching,
    /** Says something on each of them, as a service does whose state has not changed. */
    ping: () => {
      for (const call of watching) call.write(SERVING);
    },
    server,
    close: async () => server.forceShutdown(),
  };
}
