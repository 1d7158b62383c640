import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { COLOURS, type Colour } from "../../components/core/colour-name";

/** One line of a service's log that says what it did. */
export interface LoggedDeed {
  /** The POST's or the job's. */
  id: string;
  /** Unix milliseconds; null when neither the line nor the event in it has a time. */
  atMs: number | null;
  /** Whose task wrote it; null when its stream's name does not say. */
  colour: Colour | null;
  /** Of the task, or "". */
  release: string;
}

/** A call or a job of a service that did not go through. */
interface LoggedFailure {
  atMs: number | null;
  /** The callee, or the worker. */
  service: string;
  reason: string;
}

/** What the services did, as their own logs tell it, each in no particular order. */
export interface ServiceLogs {
  usersCreated: LoggedDeed[];
  pollsCreated: LoggedDeed[];
  jobsSent: LoggedDeed[];
  jobsDone: LoggedDeed[];
  callsFailed: LoggedFailure[];
  sendsFailed: LoggedFailure[];
}

const DEEDS = {
  userCreated: "usersCreated",
  pollCreated: "pollsCreated",
  jobSent: "jobsSent",
  jobDone: "jobsDone",
} as const;
const FAILURES = { callFailed: "callsFailed", sendFailed: "sendsFailed" } as const;

/**
 * Reads what the cloud's tasks wrote: `{"event":"userCreated","id":"..."}` and the like, one a line, with or without a time before it.
 * @param directory of the cloud's logs: `<log group>/<colour>/<container>/<task>.log`; it is not there while no task has written anything
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
  return { usersCreated: [], pollsCreated: [], jobsSent: [], jobsDone: [], callsFailed: [], sendsFailed: [] };
}

/** Jobs that were sent and are not done so far. */
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
  const deed = DEEDS[entry.event as keyof typeof DEEDS];
  if (deed && typeof id === "string") logs[deed].push({ id, atMs, colour, release: text(release) });
  const failure = FAILURES[entry.event as keyof typeof FAILURES];
  if (failure) logs[failure].push({ atMs, service: text(service), reason: text(reason) });
}

function parse(json: string): Record<string, unknown> | null {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    // Not an event, or the line that a task was ended in.
    return null;
  }
}

/** The time that the cloud puts before a line: Unix milliseconds or ISO 8601. */
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
