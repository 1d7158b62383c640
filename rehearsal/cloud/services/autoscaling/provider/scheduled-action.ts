import { z } from "zod";
import type { CloudClock } from "../../../kernel/clock";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { AutoScaling } from "../model/auto-scaling";
import type { ScheduledAction } from "../model/scheduled-actions";

/** How the provider says that a size stays as it is. */
const UNCHANGED = -1;
const UTC = "Etc/UTC";

/** Without a value, the provider sends 0. */
const size = () => z.int().min(UNCHANGED).default(0);

const inputs = z.object({
  autoscalingGroupName: z.string(),
  scheduledActionName: z.string().min(1).max(255),
  recurrence: z.string().optional(),
  timeZone: z.string().optional(),
  startTime: z.iso.datetime().optional(),
  minSize: size(),
  maxSize: size(),
  desiredCapacity: size(),
});

type Inputs = z.output<typeof inputs>;

export function scheduledActionType({ scheduledActions }: AutoScaling, clock: CloudClock): ResourceType {
  const actionOf = (given: Inputs) => settingsOf(given, clock);
  const outputsOf = (action: ScheduledAction) => ({
    arn: action.arn,
    startTime: startTime(action, clock),
    timeZone: action.timeZone,
  });
  return defineResource({
    token: "aws:autoscaling/schedule:Schedule",
    awsCalls: {
      create: "autoscaling:PutScheduledUpdateGroupAction",
      read: "autoscaling:DescribeScheduledActions",
      update: "autoscaling:PutScheduledUpdateGroupAction",
      delete: "autoscaling:DeleteScheduledAction",
    },
    inputs,
    optionalComputed: ["desiredCapacity", "maxSize", "minSize", "recurrence", "startTime", "timeZone"],
    replaceOn: ["autoscalingGroupName", "scheduledActionName"],
    computed: ["arn", "startTime", "timeZone"],
    async create(given) {
      const action = await scheduledActions.put(actionOf(given));
      return { id: action.name, outputs: outputsOf(action) };
    },
    async read(id, { autoscalingGroupName }) {
      const action = scheduledActions.find(autoscalingGroupName as string, id);
      if (!action) return null;
      const { groupName, name, recurrence } = action;
      return {
        ...outputsOf(action),
        autoscalingGroupName: groupName,
        scheduledActionName: name,
        recurrence,
        minSize: action.minSize ?? UNCHANGED,
        maxSize: action.maxSize ?? UNCHANGED,
        desiredCapacity: action.desiredCapacity ?? UNCHANGED,
      };
    },
    // The provider sends the start time that it read last (A30).
    async update(_id, given, old) {
      return outputsOf(await scheduledActions.put(actionOf({ ...old, ...given })));
    },
    async delete(id, { autoscalingGroupName }) {
      scheduledActions.delete(autoscalingGroupName as string, id);
    },
  });
}

function settingsOf(given: Inputs, clock: CloudClock): Parameters<AutoScaling["scheduledActions"]["put"]>[0] {
  const changed = (value: number) => (value === UNCHANGED ? undefined : value);
  return {
    name: given.scheduledActionName,
    groupName: given.autoscalingGroupName,
    recurrence: given.recurrence,
    timeZone: given.timeZone ?? UTC,
    minSize: changed(given.minSize),
    maxSize: changed(given.maxSize),
    desiredCapacity: changed(given.desiredCapacity),
    startTimeMs: given.startTime === undefined ? undefined : startMs(given.recurrence, given.startTime, clock),
  };
}

/** With a recurrence it is a time that AWS has said before. Else somebody has chosen it by this machine's clock. */
function startMs(recurrence: string | undefined, time: string, clock: CloudClock): number {
  const timeMs = Date.parse(time);
  return recurrence === undefined ? clock.awsTime(timeMs) : timeMs;
}

/** One that comes once was given a time of this machine's clock, and says the same. */
function startTime({ recurrence, startTimeMs }: ScheduledAction, clock: CloudClock): string {
  const timeMs = recurrence === undefined ? clock.machineTime(startTimeMs) : startTimeMs;
  return new Date(timeMs).toISOString().replace(/\.\d+Z/, "Z");
}
