import type { CloudContext } from "../../kernel/context";
import type { CloudService } from "../cloud-service";
import { Events, type EventsPorts } from "./model/events";
import { eventRuleType } from "./provider/event-rule";
import { eventTargetType } from "./provider/event-target";

export function createEvents(context: CloudContext, ports: EventsPorts): CloudService<Events> {
  const events = new Events(context, ports);
  return { model: events, types: [eventRuleType(events), eventTargetType(events)] };
}
