import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setSessionPriority } from "../../../automation/core/process/session-priority";
import type { ContainerNetwork } from "./container-networks";
import { DockerContainer } from "./docker-container";
import { canRun, findProgram } from "./find-program";
import { commandOf, handlesTermination, onlyChildOf } from "./first-process";
import type { MemoryLimit } from "./memory-limits";
import { type ProcessLedger, signalGroup, signalProcess } from "./process-ledger";
import { keptPaths, LAUNCHER, PLAIN, type Surroundings } from "./surroundings";

/** Niceness: 0 is the usual one, 19 the lowest priority. At 5 a third of a usual share is left. */
const STARTING_PRIORITY = 5;
const READY = "ready\n";
/** Exit code of a container whose first process got SIGKILL. */
const KILLED = 128 + constants.signals.SIGKILL;
/** `unshare` of util-linux before 2.39 fails with 1 instead of 137 after a SIGKILL, and says so. */
const UNSHARE_FAILED = /^unshare: sigprocmask /;

export interface TaskProcessOptions {
  command: string[];
  workingDirectory: string;
  /** The whole environment, except for PATH, which is this machine's. */
  environment: Record<string, string>;
  ledger: ProcessLedger;
  /** Called with each line of stdout and stderr. */
  onLine(line: string): void;
  /** Default: a process as it is, without limits. */
  container?: ContainerOptions;
}

/** What a container has of its own, as far as this machine allows it. */
interface ContainerOptions {
  surroundings: Surroundings;
  network?: ContainerNetwork | undefined;
  readOnlyRoot: boolean;
  /** An init process passes signals on to the first process (aws-rules C35). */
  hasInit: boolean;
  /** The size of a tmpfs at /tmp; undefined for none. */
  tmpfsMib: number | undefined;
  /** Undefined for no limit. */
  memoryMib: number | undefined;
  /** The file that is its /etc/hosts; undefined for this machine's. */
  hosts?: string | undefined;
  /** The folder of the image. */
  imageDirectory: string;
  /** The command runs a container of this machine's Docker, which has the surroundings. Default: it does not. */
  isOfDocker?: boolean | undefined;
}

/**
 * How a process ended: `byItself` without being asked to, whatever its exit code; `stopped` by SIGTERM; `killed` because it still ran when its
 * time after SIGTERM was over; `lost` without a warning, with its machine, by a fault or at the cloud's end.
 */
export type ProcessEnd = "byItself" | "stopped" | "killed" | "lost";

/**
 * The real process of a container, in a process group of its own. As in a container, the end of the first process
 * ends the others.
 */
export class TaskProcess {
  /** Exit code; 128 plus the signal's number if a signal ended the process, as containers report it. */
  readonly exited: Promise<number>;
  /** Process id, and id of the process group. */
  readonly pid: number;
  /** Whether the memory limit has killed a process; final when `exited` has resolved. */
  outOfMemory = false;
  /** Final when `exited` has resolved. */
  end: ProcessEnd = "byItself";
  /** Real milliseconds that it had between SIGTERM and SIGKILL; undefined if it got no SIGTERM. */
  graceMs: number | undefined;
  /** The command of the first process, if its program had no chance to end because that has no handler for SIGTERM. */
  ignoredTermination: string | undefined;
  /** The file that takes a process into the container's memory limit; undefined without one. */
  readonly #memoryProcs: string | undefined;
  #running = true;

  private constructor(
    child: ChildProcess,
    ledger: ProcessLedger,
    private readonly surroundings: Surroundings,
    private readonly hasInit: boolean,
    memory: MemoryLimit | undefined,
    private readonly docker: DockerContainer | undefined,
  ) {
    this.#memoryProcs = memory?.procs;
    const pid = child.pid!;
    this.pid = pid;
    ledger.add(pid);
    memory?.begin(pid);
    this.exited = once(child, "exit").then(async ([code, signal]) => {
      this.#running = false;
      signalGroup(pid, "SIGKILL");
      ledger.remove(pid);
      if (this.end === "byItself" && ledger.hasKilledAll) this.end = "lost";
      await docker?.ended;
      this.outOfMemory = docker?.outOfMemory ?? memory?.hasKilled ?? false;
      memory?.end();
      if (this.outOfMemory && surroundings.unshare && code === 1) return KILLED;
      return signal ? 128 + constants.signals[signal as NodeJS.Signals] : (code as number);
    });
  }

  /** Rejects if the command cannot start, such as for a missing program or directory. */
  static async start(options: TaskProcessOptions): Promise<TaskProcess> {
    const { environment, workingDirectory, ledger, container } = options;
    const { surroundings } = container ?? { surroundings: PLAIN };
    const env = { PATH: process.env.PATH, ...environment };
    const file = findProgram(options.command[0] ?? "", workingDirectory, env.PATH ?? "");
    const command = canRun(file) ? options.command : formatError(file);
    const memory = container?.memoryMib === undefined ? undefined : surroundings.memory?.create(container.memoryMib);
    const isLaunched = surroundings.unshare !== undefined;
    const isOfDocker = container?.isOfDocker ?? false;
    const [program = "", ...parameters] = launching({ ...options, command }, memory);
    const child = spawn(program, parameters, {
      cwd: isLaunched ? "/" : workingDirectory,
      env,
      stdio: ["ignore", "pipe", "pipe", ...(isLaunched ? ["pipe" as const] : isOfDocker ? ["ipc" as const] : [])],
      detached: true,
    });
    const docker = isOfDocker ? new DockerContainer(child) : undefined;
    for (const stream of [child.stdout!, child.stderr!])
      createInterface({ input: stream }).on("line", (line) => UNSHARE_FAILED.test(line) || options.onLine(line));
    await once(child, "spawn");
    const started = new TaskProcess(child, ledger, surroundings, container?.hasInit ?? false, memory, docker);
    if (isLaunched) await launched(child.stdio[3] as Readable);
    return started;
  }

  /**
   * Gives the process a lower priority while it starts: on AWS a starting container has a machine of its own, and takes
   * no processor from load balancers and from containers that serve.
   */
  lowerPriority(): void {
    setSessionPriority(this.pid, STARTING_PRIORITY);
  }

  restorePriority(): void {
    setSessionPriority(this.pid, 0);
  }

  /** Aborts the process, as an uncaught error does in many programs. */
  crash(): void {
    this.#lose("SIGABRT");
  }

  /** Kills the process without a warning, as the loss of its machine does. */
  kill(): void {
    this.#lose("SIGKILL");
  }

  /**
   * Sends SIGTERM, and SIGKILL after `graceMs` of real time if it still runs. Resolves to the exit code. SIGTERM goes to
   * the first process alone, and without an init process not even to it if it has no handler (aws-rules C19, C35); where
   * this machine cannot tell them apart, to all.
   */
  async stop(graceMs: number): Promise<number> {
    if (!this.#running) return this.exited;
    if (this.end === "byItself") this.end = "stopped";
    this.graceMs = graceMs;
    const ignores = this.#terminate() === false;
    const timer = setTimeout(() => {
      if (!this.#running) return;
      // A program that was just starting may have its handler by now.
      if (ignores && this.#handlesTermination(this.firstProcess) === false)
        this.ignoredTermination = commandOf(this.firstProcess);
      this.end = "killed";
      signalGroup(this.pid, "SIGKILL");
    }, graceMs);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }

  /** The first process of the container, as this machine numbers it. */
  get firstProcess(): number {
    return this.docker?.firstProcess ?? (this.surroundings.unshare && onlyChildOf(this.pid)) ?? this.pid;
  }

  /** Resolves to whether this machine sees the first process of the container; at its end at the latest. */
  async seesFirstProcess(): Promise<boolean> {
    await this.docker?.started;
    return this.docker ? this.docker.firstProcess !== undefined : this.surroundings.signalsFirstProcess;
  }

  /** Returns the command that runs this one in the container: with its file system, processes, network and memory limit. */
  inside(command: readonly string[]): string[] {
    // The process that waits outside must not be in the limit's cgroup, which is removed when the container has ended.
    const limited = this.#memoryProcs === undefined ? command : limiting(this.#memoryProcs, command);
    const { unshare, networks } = this.surroundings;
    if (!unshare) return [...limited];
    const isUser = unshare.includes("--user");
    const user = isUser ? ["--user", "--preserve-credentials"] : [];
    const namespaces = ["--mount", "--pid", ...(networks ? ["--net"] : []), ...user];
    // A shell finds its terminal's session among the processes of its own namespace. It takes root to take that over.
    const session = isUser ? [] : ["setsid", "--ctty"];
    return ["nsenter", "--target", String(this.firstProcess), ...namespaces, "--wd", "--", ...session, ...limited];
  }

  #lose(signal: NodeJS.Signals): void {
    if (!this.#running) return;
    this.end = "lost";
    signalGroup(this.pid, signal);
  }

  /** A program that has started another one and ends by SIGTERM's default action takes that one with it unasked. */
  #noteWrapper(program: number): void {
    if (this.#handlesTermination(program) === false && onlyChildOf(program) !== undefined)
      this.ignoredTermination = commandOf(program);
  }

  /** Sends SIGTERM. Returns whether the first process has a handler for it; undefined if that is not known. */
  #terminate(): boolean | undefined {
    const first = this.firstProcess;
    if (this.docker) return this.#terminateByDocker(this.docker.firstProcess);
    if (this.hasInit && this.surroundings.signalsFirstProcess) {
      this.#noteWrapper((this.surroundings.unshare && onlyChildOf(first)) ?? first);
      signalProcess(first, "SIGTERM");
      return true;
    }
    const handles = this.surroundings.signalsFirstProcess ? handlesTermination(first) : undefined;
    if (handles === undefined) signalGroup(this.pid, "SIGTERM");
    else if (handles) signalProcess(first, "SIGTERM");
    return handles;
  }

  #handlesTermination(pid: number): boolean | undefined {
    return handlesTermination(pid, this.docker?.stopSignal);
  }

  /** Lets Docker signal the first process, as its image says: the kernel keeps the signal from one without a handler. */
  #terminateByDocker(first: number | undefined): boolean | undefined {
    const handles = first === undefined ? undefined : this.hasInit || this.#handlesTermination(first);
    if (first !== undefined && this.hasInit) this.#noteWrapper(onlyChildOf(first) ?? first);
    signalGroup(this.pid, "SIGTERM");
    return handles;
  }
}

/** What the container runtime does with a file that the kernel does not run: the container starts, and ends with 1. */
export function formatError(program: string): string[] {
  return ["sh", "-c", 'echo "exec $0: exec format error" >&2; exit 1', program];
}

function launching(
  { command, workingDirectory, environment, container }: TaskProcessOptions,
  memory: MemoryLimit | undefined,
): string[] {
  const procs = memory?.procs ?? "";
  if (!container?.surroundings.unshare) return procs === "" ? command : limiting(procs, command);
  const { surroundings, network, readOnlyRoot, hasInit, tmpfsMib, hosts = "", imageDirectory } = container;
  const kept = keptPaths([
    ...[imageDirectory, ...packagesOf(imageDirectory), workingDirectory, ...command],
    ...Object.values(environment).flatMap((value) => value.split(":")),
  ]);
  return [
    ...(network?.enter ?? []),
    ...surroundings.unshare!,
    ...["sh", LAUNCHER, procs, readOnlyRoot ? "yes" : "no", tmpfsMib === undefined ? "" : String(tmpfsMib)],
    ...[hasInit ? "yes" : "no", hosts, workingDirectory, ...kept, "--", ...command],
  ];
}

/** A command that joins a memory limit and becomes the one behind it. @param procs the file that takes it in */
function limiting(procs: string, command: readonly string[]): string[] {
  return ["sh", "-c", 'echo 0 >"$0" && exec "$@"', procs, ...command];
}

/** The folder of an image's packages, which images may share. */
function packagesOf(imageDirectory: string): string[] {
  const path = join(imageDirectory, "node_modules");
  return existsSync(path) ? [realpathSync(path)] : [];
}

/** Resolves when the launcher is about to become the command. @throws Error with what it said instead */
function launched(channel: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    channel.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      // The command does not have this channel, but `unshare` has it until the container ends.
      if (said.endsWith(READY)) resolve();
    });
    channel.once("close", () => reject(new Error(said.trim() || "the container could not be started")));
  });
}
