import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { COLOURS, type Colour } from "../../components/core/colour-name";

/** A line of a service's log about something that it did. */
export interface LoggedAction {
  /** The id of the POST or the job. */
  id: string;
  /** Unix milliseconds; null when neither the line nor its event has a time. */
  atMs: number | null;
  /** The colour of the task that wrote it; null when the path of the log does not have one. */
  colour: Colour | null;
  /** The release of the task, or "". */
  release: string;
}

/** A call of a service that failed, or a job that could not be sent. */
interface LoggedFailure {
  atMs: number | null;
  /** The callee, or the worker. */
  service: string;
  reason: string;
}

/** What the services did, by their own logs; each list is in no particular order. */
export interface ServiceLogs {
  usersCreated: LoggedAction[];
  imported: LoggedAction[];
  pollsCreated: LoggedAction[];
  jobsSent: LoggedAction[];
  jobsDone: LoggedAction[];
  callsFailed: LoggedFailure[];
  sendsFailed: LoggedFailure[];
}

const ACTIONS = {
  userCreated: "usersCreated",
  imported: "imported",
  pollCreated: "pollsCreated",
  jobSent: "jobsSent",
  jobDone: "jobsDone",
} as const;
const FAILURES = { callFailed: "callsFailed", sendFailed: "sendsFailed" } as const;

/**
 * Reads the logs of the cloud's tasks: lines such as `{"event":"userCreated","id":"..."}`, with or without a time
 * before.
 * @param directory the cloud's logs, `<log group>/<colour>/<container>/<task>.log`; it does not exist before a task
 * has written something
 */
export async function readServiceLogs(directory: string): Promise<ServiceLogs> {
  const logs = emptyServiceLogs();
  if (!existsSync(directory)) return logs;
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const colour = colourOf(relative(directory, path));
    for await (const line of createInterface({ input: createReadStream(path) })) readLine(line, colour, logs);
  }
  return logs;
}

export function emptyServiceLogs(): ServiceLogs {
  return {
    usersCreated: [],
    imported: [],
    pollsCreated: [],
    jobsSent: [],
    jobsDone: [],
    callsFailed: [],
    sendsFailed: [],
  };
}

/** The ids of jobs that were sent and are not done yet. */
export function unfinishedJobs({ jobsSent, jobsDone }: Pick<ServiceLogs, "jobsSent" | "jobsDone">): string[] {
  const done = new Set(jobsDone.map(({ id }) => id));
  return [...new Set(jobsSent.map(({ id }) => id))].filter((id) => !done.has(id));
}

function readLine(line: string, colour: Colour | null, logs: ServiceLogs): void {
  const start = line.indexOf("{");
  const entry = start < 0 ? null : parse(line.slice(start));
  if (typeof entry?.event !== "string") return;
  const atMs = timeOf(line.slice(0, start)) ?? (typeof entry.at === "number" ? entry.at : null);
  const { id, release, service, reason } = entry;
  const action = ACTIONS[entry.event as keyof typeof ACTIONS];
  if (action && typeof id === "string") logs[action].push({ id, atMs, colour, release: text(release) });
  const failure = FAILURES[entry.event as keyof typeof FAILURES];
  if (failure) logs[failure].push({ atMs, service: text(service), reason: text(reason) });
}

function parse(json: string): Record<string, unknown> | null {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    // No event, or the last line of a task that was killed.
    return null;
  }
}

/** The time before a line, in Unix milliseconds or ISO 8601; null without one. */
function timeOf(prefix: string): number | null {
  const word = prefix.trim().split(/\s/, 1)[0] ?? "";
  if (word === "") return null;
  const atMs = /^\d+$/.test(word) ? Number(word) : Date.parse(word);
  return Number.isNaN(atMs) ? null : atMs;
}

function colourOf(path: string): Colour | null {
  const folders = path.split(sep);
  return COLOURS.find((colour) => folders.includes(colour)) ?? null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
