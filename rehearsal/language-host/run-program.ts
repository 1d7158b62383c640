import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** A program that does not end after SIGINT is killed after so many milliseconds. */
const END_LIMIT_MS = 5_000;

export type OutputStream = "stdout" | "stderr";

export interface RunProgramOptions {
  request: RunRequest;
  /** The gRPC address of the engine. */
  engine: string;
  env: NodeJS.ProcessEnv;
  /** Ends the program. */
  signal: AbortSignal;
  onOutput: (stream: OutputStream, text: string) => void;
}

export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * Runs a Pulumi program as `pulumi-language-nodejs` does, to its end. Rejects if the SDK is not installed beside it.
 */
export async function runProgram({ request, engine, env, signal, onOutput }: RunProgramOptions): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, programArguments(request, engine), {
    cwd: request.getPwd(),
    env: { ...env, ...programEnvironment(request) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => onOutput(stream, text));
  }
  let killTimer: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill("SIGINT");
    killTimer = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
  };
  signal.addEventListener("abort", end);
  try {
    return await new Promise<ProgramEnd>((resolve, reject) => {
      child.once("error", reject);
      // Not "exit", which may come before the last output.
      child.once("close", (code, by) => resolve({ code, signal: by }));
    });
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener("abort", end);
  }
}

/** The command line of @pulumi/pulumi/cmd/run, from the copy of the SDK that the program itself uses. */
function programArguments(request: RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const { nodeargs } = runtimeOptions(request);
  return [
    ...(typeof nodeargs === "string" ? nodeargs.split(" ").filter((argument) => argument !== "") : []),
    runnerOf(request.getPwd()),
    ...["--monitor", request.getMonitorAddress()],
    ...["--engine", engine],
    ...["--organization", request.getOrganization()],
    ...["--project", request.getProject()],
    ...["--stack", request.getStack()],
    ...["--pwd", request.getPwd()],
    ...["--root-directory", info?.getRootDirectory() ?? request.getPwd()],
    ...["--parallel", String(request.getParallel())],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

function programEnvironment(request: RunRequest): Record<string, string> {
  const { typescript, tsconfig } = runtimeOptions(request);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript !== false),
    ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
  };
}

/** `runtime.options` of Pulumi.yaml. */
function runtimeOptions(request: RunRequest): Record<string, unknown> {
  return request.getInfo()?.getOptions()?.toJavaScript() ?? {};
}

function runnerOf(programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(`@pulumi/pulumi is not installed in ${programDirectory}: run npm ci there`);
  }
}
