import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";

const LOOK_MS = 500;

interface ListedProcess {
  pid: number;
  parent: number;
  identity: string;
}

async function processList(): Promise<ListedProcess[]> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,stat=,lstart="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state, ...started] = line.trim().split(/\s+/);
    // A zombie has ended; only its parent has not asked yet.
    return state?.startsWith("Z")
      ? []
      : [{ pid: Number(pid), parent: Number(parent), identity: `${pid} ${started.join(" ")}` }];
  });
}

/**
 * Looks again and again at what descends from a process, until the signal; those that outlive their parents were seen
 * before. The process itself is not among them.
 */
export async function descendants(root: number, until: AbortSignal): Promise<Set<string>> {
  const family = new Set([root]);
  const identities = new Set<string>();
  while (!until.aborted) {
    const list = await processList();
    // Children may be listed before their parents: until nothing is new.
    for (let size = -1; size !== family.size; ) {
      size = family.size;
      for (const { pid, parent } of list) if (family.has(parent)) family.add(pid);
    }
    for (const { pid, identity } of list) if (family.has(pid) && pid !== root) identities.add(identity);
    await delay(LOOK_MS, undefined, { signal: until }).catch(() => undefined);
  }
  return identities;
}

/** Returns all processes of the machine, each as `<pid> <start time>`; zombies are left out. */
export async function runningProcesses(): Promise<Set<string>> {
  return new Set((await processList()).map(({ identity }) => identity));
}

/** Returns which of the processes, each as `<pid> <start time>`, still run. */
export async function runningOf(identities: ReadonlySet<string>): Promise<string[]> {
  const running = await runningProcesses();
  return [...identities].filter((identity) => running.has(identity));
}
