import type { CloudContext } from "../../kernel/context";
import type { CloudService } from "../cloud-service";
import type { CountedMetrics } from "../cloudwatch/model/counted-metrics";
import { Events } from "./model/events";
import { eventRuleType } from "./provider/event-rule";

export function createEvents(context: CloudContext, metrics: CountedMetrics): CloudService<Events> {
  const events = new Events(context, metrics);
  return { model: events, types: [eventRuleType(events)] };
}
