import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Logs } from "../../../kernel/ports";
import { LogEvents } from "./log-events";
import { ResourcePolicies } from "./resource-policies";

/** The retention periods in days that CloudWatch Logs allows (aws-rules W1). */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MAX_NAME_LENGTH = 512;
/** Real milliseconds for which lines are buffered before they are written. */
const FLUSH_MS = 200;

export interface LogGroup {
  name: string;
  arn: string;
  /** Null keeps events for ever. */
  retentionInDays: number | null;
}

/**
 * CloudWatch Logs: log groups with their events. Each line is also appended to `<directory>/<group>/<stream>.log`,
 * which stays after the group is deleted.
 */
export class CloudWatchLogs implements Logs {
  readonly #groups = new Map<string, LogGroup>();
  readonly #events = new Map<string, LogEvents>();
  readonly policies = new ResourcePolicies();
  readonly #buffered = new Map<string, string[]>();
  readonly #flushOnExit = () => this.#flush();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly context: CloudContext,
    private readonly directory: string,
  ) {
    process.on("exit", this.#flushOnExit);
  }

  /** Whether a service may write to a new stream of a group, by the account's resource policies (W16). */
  mayWrite(principal: string, groupArn: string): boolean {
    return ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
      this.policies.allow(principal, action, `${groupArn}:log-stream:any`, this.context.log),
    );
  }

  createGroup(name: string, retentionInDays: number | null): LogGroup {
    if (name.length > MAX_NAME_LENGTH || !/^[.\-_/#A-Za-z0-9]+$/.test(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
      );
    }
    if (this.#groups.has(name)) {
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
    }
    checkRetention(retentionInDays);
    const { region, accountId } = this.context;
    const group = { name, arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}`, retentionInDays };
    this.#groups.set(name, group);
    this.#events.set(name, new LogEvents());
    return group;
  }

  find(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  setRetention(name: string, retentionInDays: number | null): LogGroup {
    checkRetention(retentionInDays);
    return Object.assign(this.#get(name), { retentionInDays });
  }

  deleteGroup(name: string): void {
    this.#get(name);
    this.#groups.delete(name);
    this.#events.delete(name);
  }

  exists(logGroup: string): boolean {
    return this.#groups.has(logGroup);
  }

  /** Appends a line to a stream. A line for a group that does not exist is lost, and the container continues. */
  append(logGroup: string, stream: string, line: string): void {
    const events = this.#events.get(logGroup);
    if (!events) return;
    events.add(stream, line);
    const file = this.fileOf(logGroup, stream);
    const lines = this.#buffered.get(file);
    if (lines) lines.push(line);
    else this.#buffered.set(file, [line]);
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  /** @throws AwsError `ResourceNotFoundException` */
  events(logGroup: string): LogEvents {
    return this.#events.get(this.#get(logGroup).name)!;
  }

  /** Returns the path of a stream's file, which is always inside the directory. */
  fileOf(logGroup: string, stream: string): string {
    const parts = `${logGroup}/${stream}`.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
    return `${join(this.directory, ...parts)}.log`;
  }

  /** Writes the buffered lines. `append` must not be called afterwards. */
  close(): void {
    process.off("exit", this.#flushOnExit);
    this.#flush();
  }

  #get(name: string): LogGroup {
    return orNotFound(this.#groups.get(name), "ResourceNotFoundException", "The specified log group does not exist.");
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [file, lines] of this.#buffered) {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${lines.join("\n")}\n`);
    }
    this.#buffered.clear();
  }
}

function checkRetention(days: number | null): void {
  if (days === null || RETENTION_DAYS.includes(days)) return;
  throw new AwsError(
    "InvalidParameterException",
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
  );
}
