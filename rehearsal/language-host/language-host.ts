import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ProgramOutput } from "./program-output";
import { type ProgramEnd, runProgram } from "./run-program";

/** Pulumi's own limit for one message, in bytes: a program's config can be large. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** How @pulumi/pulumi/cmd/run ends when the engine has already heard what was wrong. */
const ALREADY_REPORTED = 32;

export interface LanguageHostOptions {
  /** Loopback address to listen on. */
  address: string;
  /** Default 0: the system chooses. */
  port?: number;
  /** Environment of the programs. Default: this process's. The CLI's own environment does not reach them. */
  env?: NodeJS.ProcessEnv;
}

export interface LanguageHost {
  port: number;
  /** Ends programs that still run, and stops listening. */
  close(): Promise<void>;
}

/**
 * Runs Node programs for any number of Pulumi CLIs that have `PULUMI_DEBUG_LANGUAGES=nodejs:<port>` in their environment:
 * what `pulumi-language-nodejs` does for `pulumi preview`, `up`, `destroy` and `refresh`. That comes with the official
 * download of the CLI only; a CLI built from Go modules lacks it. Policy packs are served by the command in bin/, which the
 * CLI finds on PATH. Code generation is not done here: the engine gets UNIMPLEMENTED. Rejects if the port is taken.
 */
export async function startLanguageHost(options: LanguageHostOptions): Promise<LanguageHost> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
  /** By connection: each operation of a CLI makes a new one, and says its engine's address only in its first call. */
  const engines = new Map<string, string>();
  const closing = new AbortController();
  server.addService(LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
    handshake: unary<pb.LanguageHandshakeRequest>(async (request, { peer }) => {
      engines.set(peer, request.getEngineAddress());
      return new pb.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(async () => new PluginInfo().setVersion("0.0.0")),
    // Plugins are found when a resource needs them; in a rehearsal they are attached anyway.
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
  /** The address and port that the CLI called from: the same during one operation. */
  peer: string;
  /** Aborted when the caller gives up or is gone. */
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
