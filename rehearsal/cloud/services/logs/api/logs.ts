import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { type Input, type Operation, operation } from "../../../protocols/service";
import type { RequiredPermission } from "../../cloud-service";
import type { CloudWatchLogs } from "../model/cloudwatch-logs";
import { parseFilterPattern } from "../model/filter-pattern";
import type { LogEvent } from "../model/log-events";

const MAX_EVENTS = 10_000;
/** Token of what comes after a first page without events. */
const FROM_HEAD = "f/0";

const logGroupName = z.string();
/** From `startTime` on, before `endTime`; Unix milliseconds. */
const time = { startTime: z.number().min(0).optional(), endTime: z.number().min(0).optional() };
type Time = { startTime?: number | undefined; endTime?: number | undefined };
const limit = z.int().min(1).max(MAX_EVENTS).default(MAX_EVENTS);

export function logsOperations(logs: CloudWatchLogs): Record<string, Operation> {
  return {
    FilterLogEvents: operation(
      {
        ...time,
        logGroupName,
        logStreamNames: z.array(z.string()).min(1).max(100).optional(),
        logStreamNamePrefix: z.string().min(1).optional(),
        filterPattern: z.string().default(""),
        limit,
        nextToken: z.string().optional(),
        // Deprecated, and always so.
        interleaved: z.boolean().optional(),
      },
      (input) => {
        const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
        if (names && prefix !== undefined) {
          throw new AwsError(
            "InvalidParameterException",
            "logStreamNames and logStreamNamePrefix cannot be specified together",
          );
        }
        const matches = parseFilterPattern(input.filterPattern);
        const after = input.nextToken === undefined ? 0 : serialOf(input.nextToken);
        const found = logs
          .events(input.logGroupName)
          .ofStreams((stream) => (names ? names.includes(stream) : stream.startsWith(prefix ?? "")))
          .filter((event) => event.serial > after && isWithin(event, input) && matches(event.message));
        // A caller that takes one page for all would work here, and find nothing on AWS (W21).
        if (input.nextToken === undefined && found.length > 0)
          return { events: [], searchedLogStreams: [], nextToken: FROM_HEAD };
        const page = found.slice(0, input.limit);
        return {
          events: page.map((event) => ({
            logStreamName: event.stream,
            ...described(event),
            eventId: String(event.serial).padStart(56, "0"),
          })),
          searchedLogStreams: [],
          nextToken: found.length > page.length ? `f/${page.at(-1)!.serial}` : undefined,
        };
      },
    ),
    /** Tokens go on for ever: one that comes back unchanged says that there is nothing more in its direction. */
    GetLogEvents: operation(
      {
        ...time,
        logGroupName,
        logStreamName: z.string(),
        startFromHead: z.boolean().default(false),
        limit,
        nextToken: z.string().optional(),
      },
      (input) => {
        const stream = logs.events(input.logGroupName).stream(input.logStreamName);
        if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
        const events = stream.filter((event) => isWithin(event, input));
        const page = pageOf(events, input);
        const edge = input.nextToken === undefined ? 0 : serialOf(input.nextToken);
        return {
          events: page.map(described),
          nextForwardToken: `f/${page.at(-1)?.serial ?? edge}`,
          nextBackwardToken: `b/${page[0]?.serial ?? edge}`,
        };
      },
    ),
  };
}

/** By operation. */
export function logsPermissions({
  region,
  accountId,
}: CloudContext): Record<string, (input: Input) => RequiredPermission[]> {
  const onStream = (action: string, { logGroupName, logStreamName = "" }: Input): RequiredPermission[] => [
    {
      action: `logs:${action}`,
      resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`,
    },
  ];
  return {
    FilterLogEvents: ({ logGroupName }) => onStream("FilterLogEvents", { logGroupName }),
    GetLogEvents: (input) => onStream("GetLogEvents", input),
  };
}

function pageOf(
  events: LogEvent[],
  { startFromHead, limit: size, nextToken }: { startFromHead: boolean; limit: number; nextToken?: string | undefined },
): LogEvent[] {
  if (nextToken === undefined) return startFromHead ? events.slice(0, size) : events.slice(-size);
  const serial = serialOf(nextToken);
  return nextToken.startsWith("b/")
    ? events.filter((event) => event.serial < serial).slice(-size)
    : events.filter((event) => event.serial > serial).slice(0, size);
}

function serialOf(token: string): number {
  const [, serial] = /^[fb]\/(\d+)$/.exec(token) ?? [];
  if (serial === undefined) throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  return Number(serial);
}

function isWithin({ timestamp }: LogEvent, { startTime = 0, endTime = Number.POSITIVE_INFINITY }: Time): boolean {
  return timestamp >= startTime && timestamp < endTime;
}

function described({ timestamp, message }: LogEvent) {
  return { timestamp, message, ingestionTime: timestamp };
}
