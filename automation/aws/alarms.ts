import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import type { ObservedAlarm } from "../ports/observer";

/** Names in one DescribeAlarms, at most. */
const NAMES_AT_ONCE = 100;

/**
 * One for each name, in their order. What cannot be told, after the client's own retries, is `unreadable` with the reason: it is for the caller to
 * judge what an alarm is worth that nobody can read.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function alarms(client: CloudWatchClient, names: readonly string[]): Promise<ObservedAlarm[]> {
  const found = new Map<string, ObservedAlarm>();
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const asked = names.slice(from, from + NAMES_AT_ONCE);
    try {
      for (const alarm of await described(client, asked)) found.set(alarm.name, alarm);
    } catch (error) {
      const { name, message } = error as Error;
      const reason = `DescribeAlarms failed: ${name}: ${oneLine(message)}`;
      for (const name of asked) found.set(name, { name, state: "unreadable", reason });
    }
  }
  return names.map((name) => found.get(name) ?? { name, state: "unreadable", reason: "there is no such alarm" });
}

async function described(client: CloudWatchClient, names: string[]): Promise<ObservedAlarm[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({
      AlarmNames: names,
      // Without these words only metric alarms are described.
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      MaxRecords: NAMES_AT_ONCE,
    }),
  );
  return [...MetricAlarms, ...CompositeAlarms].map(observed);
}

function observed({ AlarmName = "", StateValue, StateReason = "" }: MetricAlarm | CompositeAlarm): ObservedAlarm {
  return { name: AlarmName, state: StateValue ?? "unreadable", reason: oneLine(StateReason) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
