import { existsSync, type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RehearsalEnvironment } from "../rehearsal/environment/environment";
import { processesOn } from "../rehearsal/environment/killable-command";
import { stateFile } from "../rehearsal/environment/state-file";

/** A process that ends between two samples loses what it did since the last one. */
const SAMPLE_MS = 100;
/** Looking for new processes takes more than reading the times of known ones. */
const SAMPLES_PER_SEARCH = 5;
/** Linux counts a process's time in these (USER_HZ). */
const TICKS_PER_SECOND = 100;
const BYTES_PER_MB = 1_000_000;
/** Linux tells memory in KiB, and calls it kB. */
const KIB = 1024;

/** What was used so far, all ended processes included. */
interface Sample {
  atMs: number;
  /** CPU seconds of the command that runs the program. */
  program: number;
  /** The most memory (MB, resident) that the last such command has had so far. */
  programMemory: number;
  /** CPU seconds of this process, which runs the program of a first `up` and takes these samples. */
  own: number;
  /** The most memory (MB, resident) that this process has had so far. */
  ownMemory: number;
  /** CPU seconds of Pulumi's CLI. */
  engine: number;
  /** CPU seconds of the cloud's process: the provider, and all of AWS except for load balancers, tasks and databases. */
  provider: number;
  /** How often the state was written. */
  writes: number;
  megabytes: number;
}

export type Used = Omit<Sample, "atMs"> & { seconds: number };

/** Measures what `up`s in an environment use, by the system's process table: only on Linux. */
export class UpProfiler {
  readonly #samples: Sample[] = [];
  readonly #ended = new AbortController();
  readonly #ticks = { program: new Map<number, number>(), engine: new Map<number, number>() };
  readonly #file: string;
  #watcher: FSWatcher | null = null;
  #writes = 0;
  #bytes = 0;
  #programMemory = 0;

  private constructor(private readonly environment: RehearsalEnvironment) {
    this.#file = stateFile(environment.cloud.ready.directory);
  }

  static start(environment: RehearsalEnvironment): UpProfiler {
    const profiler = new UpProfiler(environment);
    void profiler.#run();
    return profiler;
  }

  stop(): void {
    this.#ended.abort();
    this.#watcher?.close();
  }

  /** @param fromMs, toMs Unix milliseconds */
  between(fromMs: number, toMs: number): Used {
    const from = this.#samples.findLast(({ atMs }) => atMs <= fromMs) ?? this.#samples[0]!;
    const to = this.#samples.find(({ atMs }) => atMs >= toMs) ?? this.#samples.at(-1)!;
    return {
      seconds: (toMs - fromMs) / 1000,
      program: to.program - from.program,
      programMemory: to.programMemory,
      own: to.own - from.own,
      ownMemory: to.ownMemory,
      engine: to.engine - from.engine,
      provider: to.provider - from.provider,
      writes: to.writes - from.writes,
      megabytes: to.megabytes - from.megabytes,
    };
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#ended.signal.aborted; number += 1) {
      if (number % SAMPLES_PER_SEARCH === 0) await this.#search();
      this.#sample();
      await delay(SAMPLE_MS, undefined, { signal: this.#ended.signal }).catch(() => {});
    }
  }

  async #search(): Promise<void> {
    const { program, engine } = this.#ticks;
    const backendUrl = this.environment.variables.PULUMI_BACKEND_URL!;
    for (const { pid, executable, arguments: words } of await processesOn(backendUrl, ["pulumi", "node"])) {
      if (executable === "pulumi") engine.set(pid, engine.get(pid) ?? 0);
      else if (words.some((word) => word.endsWith("automation/cli.ts"))) program.set(pid, program.get(pid) ?? 0);
    }
  }

  #sample(): void {
    this.#watch();
    for (const ticks of Object.values(this.#ticks)) for (const [pid, last] of ticks) ticks.set(pid, ticksOf(pid, last));
    const newest = [...this.#ticks.program.keys()].at(-1);
    if (newest !== undefined) this.#programMemory = peakMemoryOf(newest) ?? this.#programMemory;
    const { user, system } = process.cpuUsage();
    this.#samples.push({
      atMs: Date.now(),
      program: secondsOf(this.#ticks.program.values()),
      programMemory: this.#programMemory,
      own: (user + system) / 1e6,
      ownMemory: (process.resourceUsage().maxRSS * KIB) / BYTES_PER_MB,
      engine: secondsOf(this.#ticks.engine.values()),
      provider: ticksOf(this.environment.cloud.pid, 0) / TICKS_PER_SECOND,
      writes: this.#writes,
      megabytes: this.#bytes / BYTES_PER_MB,
    });
  }

  /** The CLI makes the folder, and replaces the state's file with each write. */
  #watch(): void {
    const folder = dirname(this.#file);
    if (this.#watcher || !existsSync(folder)) return;
    this.#watcher = watch(folder, (event, name) => {
      if (event !== "rename" || name !== basename(this.#file) || !existsSync(this.#file)) return;
      this.#writes += 1;
      this.#bytes += statSync(this.#file).size;
    });
  }
}

/** User and system time of a process. @param last of a process that has ended */
function ticksOf(pid: number, last = 0): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return last;
  }
}

/** The most memory (MB, resident) that a process has had; undefined for one that has ended. */
function peakMemoryOf(pid: number): number | undefined {
  try {
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return peak === undefined ? undefined : (Number(peak) * KIB) / BYTES_PER_MB;
  } catch {
    return undefined;
  }
}

function secondsOf(ticks: Iterable<number>): number {
  return [...ticks].reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}
