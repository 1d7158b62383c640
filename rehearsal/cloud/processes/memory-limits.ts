import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startTimeOf } from "./process-identity";

const MIB = 1024 * 1024;
/** Real milliseconds between two looks at the memory of containers, where no cgroup limits it. */
const LOOK_MS = 250;
/** The memory that counts: a cgroup, too, gives cached files back before it kills. */
const COUNTED = /^(RssAnon|RssShmem):\s+(\d+) kB$/gm;

/** The memory limit of one container. */
export interface MemoryLimit {
  /** The file that takes a process into the limit; undefined if processes are looked at instead. */
  readonly procs: string | undefined;
  /** Called with the container's process group once that is known. */
  begin(group: number): void;
  /** Whether the limit has killed a process of the container. */
  readonly hasKilled: boolean;
  /** Called when the container has ended. */
  end(): void;
}

export interface MemoryLimits {
  /** How containers are held to their limits, for people. */
  readonly means: string;
  create(mib: number): MemoryLimit;
  close(): void;
}

interface Version {
  means: string;
  /** The limit in bytes. */
  limit: string;
  /** Written if it exists, so that nothing is moved to a swap that instances do not have. */
  swap: [file: string, textOf: (bytes: number) => string];
  /** Has a line `oom_kill N`. */
  kills: string;
}

const V1: Version = {
  means: "cgroup v1",
  limit: "memory.limit_in_bytes",
  swap: ["memory.memsw.limit_in_bytes", String],
  kills: "memory.oom_control",
};
const V2: Version = {
  means: "cgroup v2",
  limit: "memory.max",
  swap: ["memory.swap.max", () => "0"],
  kills: "memory.events",
};

/** Returns the memory limits that this machine allows: cgroups, or a look at the processes from time to time. */
export function memoryLimits(): MemoryLimits {
  return cgroupLimits() ?? new WatchedLimits();
}

/** Returns undefined where this process may not make a cgroup with a memory limit. */
function cgroupLimits(): MemoryLimits | undefined {
  for (const { version, folder } of candidates()) {
    const limits = new CgroupLimits(version, folder);
    if (limits.works()) return limits;
  }
  return undefined;
}

/** The places for new cgroups, the nearest first: beside this process's own, or above it. */
function candidates(): { version: Version; folder: string }[] {
  const own = read("/proc/self/cgroup").split("\n");
  const mounts = read("/proc/self/mountinfo")
    .split("\n")
    .map((line) => line.split(" "));
  return mounts.flatMap((fields) => {
    const [kind, , options = ""] = fields.slice(fields.indexOf("-") + 1);
    const point = fields[4]!;
    if (kind === "cgroup" && options.split(",").includes("memory")) {
      const [, path = "/"] = own.map((line) => /^\d+:(?:.*,)?memory(?:,.*)?:(.*)$/.exec(line)).find(Boolean) ?? [];
      return folders(point, path).map((folder) => ({ version: V1, folder }));
    }
    if (kind !== "cgroup2") return [];
    const [, path = "/"] = own.map((line) => /^0::(.*)$/.exec(line)).find(Boolean) ?? [];
    return folders(point, path).map((folder) => ({ version: V2, folder }));
  });
}

function folders(point: string, path: string): string[] {
  const found: string[] = [];
  for (let below = path; ; below = dirname(below)) {
    found.push(join(point, below));
    if (below === "/") return found;
  }
}

class CgroupLimits implements MemoryLimits {
  readonly means: string;
  readonly #version: Version;
  readonly #folder: string;
  readonly #used = new Set<string>();
  /** Counts over all clouds of this process: what one could not remove yet is not in the way of the next. */
  static #count = 0;

  constructor(version: Version, folder: string) {
    this.means = version.means;
    this.#version = version;
    this.#folder = folder;
  }

  /** Tries it with a process. Removes what killed clouds have left. */
  works(): boolean {
    try {
      this.#removeOrphans();
      const limit = this.create(64);
      const moved = spawnSync("sh", ["-c", 'echo 0 >"$0"', limit.procs!], { stdio: "ignore" });
      limit.end();
      return moved.status === 0;
    } catch {
      return false;
    }
  }

  create(mib: number): MemoryLimit {
    const folder = join(this.#folder, `aoshingo-${process.pid}@${startTimeOf(process.pid)}-${++CgroupLimits.#count}`);
    mkdirSync(folder);
    this.#used.add(folder);
    const { limit, swap, kills } = this.#version;
    const bytes = mib * MIB;
    try {
      writeFileSync(join(folder, limit), String(bytes));
    } catch (error) {
      this.#remove(folder);
      throw error;
    }
    const [swapFile, textOf] = swap;
    if (readdirSync(folder).includes(swapFile)) tryTo(() => writeFileSync(join(folder, swapFile), textOf(bytes)));
    return {
      procs: join(folder, "cgroup.procs"),
      begin() {},
      get hasKilled() {
        return Number(/^oom_kill (\d+)$/m.exec(read(join(folder, kills)))?.[1] ?? 0) > 0;
      },
      end: () => this.#remove(folder),
    };
  }

  close(): void {
    for (const folder of this.#used) this.#remove(folder);
  }

  /** A cgroup whose last process is just ending cannot be removed yet; `close` or the next cloud tries again. */
  #remove(folder: string): void {
    if (tryTo(() => rmdirSync(folder))) this.#used.delete(folder);
  }

  #removeOrphans(): void {
    for (const name of readdirSync(this.#folder)) {
      const [, pid, startTime] = /^aoshingo-(\d+)@(\d+)-\d+$/.exec(name) ?? [];
      if (pid !== undefined && startTimeOf(Number(pid)) !== startTime) this.#remove(join(this.#folder, name));
    }
  }
}

/** Limits without the kernel's help: looks at the processes of each container, and kills them. */
export class WatchedLimits implements MemoryLimits {
  readonly means = `a look at the processes every ${LOOK_MS} ms`;
  readonly #watched = new Map<number, { bytes: number; kill(): void }>();
  #timer: NodeJS.Timeout | undefined;

  create(mib: number): MemoryLimit {
    let own: number | undefined;
    let hasKilled = false;
    return {
      procs: undefined,
      begin: (group) => {
        own = group;
        const kill = () => {
          hasKilled = true;
          tryTo(() => process.kill(-group, "SIGKILL"));
        };
        this.#watched.set(group, { bytes: mib * MIB, kill });
        this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
      },
      get hasKilled() {
        return hasKilled;
      },
      end: () => {
        if (own !== undefined) this.#watched.delete(own);
        if (this.#watched.size === 0) this.close();
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const used = new Map<number, number>();
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const stat = read(`/proc/${name}/stat`);
      const group = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
      if (!this.#watched.has(group)) continue;
      for (const [, , kilobytes] of read(`/proc/${name}/status`).matchAll(COUNTED))
        used.set(group, (used.get(group) ?? 0) + Number(kilobytes) * 1024);
    }
    for (const [group, bytes] of used) {
      const watched = this.#watched.get(group);
      if (watched && bytes > watched.bytes) watched.kill();
    }
  }
}

/** Returns "" for a file that is gone or may not be read. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Returns whether it worked. */
function tryTo(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
