import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { CALL_LIMITS } from "../core/aws-limits";
import type { LogChoice, LogEvent, LogReader } from "../ports/log-reader";

/** Reads CloudWatch Logs. */
export class AwsLogReader implements LogReader {
  readonly #client: CloudWatchLogsClient;

  constructor(region: string) {
    this.#client = new CloudWatchLogsClient({ region, ...CALL_LIMITS });
  }

  async events(
    logGroupName: string,
    startTime: number,
    { signal, untilMs, pattern }: LogChoice = {},
  ): Promise<LogEvent[]> {
    const found: LogEvent[] = [];
    const asked = { logGroupName, startTime, endTime: untilMs, filterPattern: pattern };
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client: this.#client }, asked, {
        abortSignal: signal,
      }))
        for (const { eventId = "", timestamp = 0, logStreamName = "", message = "" } of events)
          found.push({ id: eventId, atMs: timestamp, stream: logStreamName, message });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    return found.sort((one, two) => one.atMs - two.atMs);
  }
}
