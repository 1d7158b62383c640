import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ProgramOutput } from "./program-output";
import { type ProgramEnd, runProgram } from "./run-program";

/** Pulumi's own limit for one message: a program's config can be large. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** The exit code of @pulumi/pulumi/cmd/run when it has already reported the error to the engine. */
const ALREADY_REPORTED = 32;

export interface LanguageHostOptions {
  /** Loopback address to listen on. */
  address: string;
  /** Default 0: a free port. */
  port?: number;
  /** Environment variables of the programs; those of the CLI do not reach them. Default: this process's. */
  env?: NodeJS.ProcessEnv;
}

export interface LanguageHost {
  port: number;
  /** Ends the programs that still run, and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a language host that runs Node programs for any number of Pulumi CLIs with
 * `PULUMI_DEBUG_LANGUAGES=nodejs:<port>` in their environment. It does what `pulumi-language-nodejs` does for `pulumi
 * preview`, `up`, `destroy` and `refresh`; that comes only with the official download of the CLI, not with a CLI built
 * from Go modules. The command in bin/, which the CLI finds on PATH, serves policy packs. For code generation the
 * engine gets UNIMPLEMENTED.
 * @throws Error if the port is taken
 */
export async function startLanguageHost(options: LanguageHostOptions): Promise<LanguageHost> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
  /**
   * Addresses of engines by connection: each operation of a CLI opens one, and sends the address only in its first
   * call.
   */
  const engines = new Map<string, string>();
  const closing = new AbortController();
  server.addService(LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
    handshake: unary<pb.LanguageHandshakeRequest>(async (request, { peer }) => {
      engines.set(peer, request.getEngineAddress());
      return new pb.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(async () => new PluginInfo().setVersion("0.0.0")),
    // The CLI finds a plugin when a resource needs it; in a rehearsal it is attached anyway.
    getRequiredPackages: unary(async () => new pb.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(async () => new pb.GetRequiredPluginsResponse()),
    about: unary(async () => new pb.AboutResponse().setExecutable(process.execPath).setVersion(process.versions.node)),
    getProgramDependencies: unary(async () => new pb.GetProgramDependenciesResponse()),
    cancel: unary(async () => new Empty()),
    run: unary<pb.RunRequest>((request, { peer, signal }) =>
      run(request, engines.get(peer), options.env ?? process.env, AbortSignal.any([signal, closing.signal])),
    ),
  });
  const port = await new Promise<number>((resolve, reject) => {
    const address = `${options.address}:${options.port ?? 0}`;
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    close: () => {
      closing.abort();
      return new Promise((resolve) => server.tryShutdown(() => resolve()));
    },
  };
}

async function run(
  request: pb.RunRequest,
  engine: string | undefined,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<pb.RunResponse> {
  if (engine === undefined)
    throw new Error("Run came on a connection without a Handshake: use Pulumi 3.248.0 or newer");
  const output = new ProgramOutput(engine);
  try {
    const end = await runProgram({
      request,
      engine,
      env,
      signal,
      onOutput: (stream, text) => output.write(stream, text),
    });
    await output.flush();
    return response(end);
  } finally {
    output.close();
  }
}

function response({ code, signal }: ProgramEnd): pb.RunResponse {
  const answer = new pb.RunResponse();
  if (code === ALREADY_REPORTED) return answer.setBail(true);
  if (signal !== null) return answer.setError(`the program was ended by ${signal}`);
  return code === 0 ? answer : answer.setError(`the program ended with exit code ${code}`);
}

interface Caller {
  /** The address and port of the CLI's connection: the same during one operation. */
  peer: string;
  /** Aborts when the caller gives up or has gone. */
  signal: AbortSignal;
}

function unary<Request>(
  answer: (request: Request, caller: Caller) => Promise<unknown>,
): grpc.handleUnaryCall<Request, unknown> {
  return (call, callback) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => cancelled.abort());
    answer(call.request, { peer: call.getPeer(), signal: cancelled.signal }).then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.FAILED_PRECONDITION, details: error.message }),
    );
  };
}
