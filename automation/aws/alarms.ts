import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { batchesOf } from "../core/batches";
import type { ObservedAlarm } from "../ports/observer";

/** Maximum of names in one DescribeAlarms. */
const MAX_NAMES = 100;

/**
 * Returns one alarm for each name, in the order of the names. An alarm that cannot be read, after the client's own
 * retries, is `unreadable` with the reason: the caller decides what that means.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function alarms(client: CloudWatchClient, names: readonly string[]): Promise<ObservedAlarm[]> {
  const found = new Map<string, ObservedAlarm>();
  for (const some of batchesOf(names, MAX_NAMES)) {
    try {
      for (const alarm of await describeAlarms(client, some)) found.set(alarm.name, alarm);
    } catch (error) {
      const { name, message } = error as Error;
      const reason = `DescribeAlarms failed: ${name}: ${oneLine(message)}`;
      for (const name of some) found.set(name, { name, state: "unreadable", reason });
    }
  }
  return names.map((name) => found.get(name) ?? { name, state: "unreadable", reason: "there is no such alarm" });
}

async function describeAlarms(client: CloudWatchClient, names: string[]): Promise<ObservedAlarm[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({
      AlarmNames: names,
      // By default only metric alarms are described.
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      MaxRecords: MAX_NAMES,
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
