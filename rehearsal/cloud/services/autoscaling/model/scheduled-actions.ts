import { Cron } from "croner";
import { isTimeZone } from "../../../../../components/core/time-zone";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Group } from "./group";

/** Scheduled actions that a group can have. */
const MAX_ACTIONS = 125;
/** AWS seconds that a call takes, in which another call for the same group is refused (A29). */
const CALL_SECONDS = 1;

/** A change of a group's sizes: at times of a cron expression, or once. */
export interface ScheduledAction {
  arn: string;
  name: string;
  groupName: string;
  /** Five fields, as cron has them; undefined for an action that comes once (A32). */
  recurrence: string | undefined;
  /** Time zone of the recurrence, as IANA names it. */
  timeZone: string;
  /** What is undefined stays as it is. */
  minSize: number | undefined;
  maxSize: number | undefined;
  desiredCapacity: number | undefined;
  /** AWS's time at which it comes, or comes next. Unix milliseconds. */
  startTimeMs: number;
}

interface ScheduledActionsPorts {
  context: CloudContext;
  /** @throws AwsError `ValidationError` */
  group(name: string): Group;
}

/** The scheduled actions of all groups. */
export class ScheduledActions {
  readonly #ports: ScheduledActionsPorts;
  readonly #actions = new Map<string, { action: ScheduledAction; timer: AbortController }>();
  /** Groups for which a call is being answered. */
  readonly #called = new Set<string>();

  constructor(ports: ScheduledActionsPorts) {
    this.#ports = ports;
  }

  /**
   * Adds an action, or changes the one of that name.
   *
   * @param settings with a start time only if the caller asks for one
   * @throws AwsError `AlreadyExists` beside another call for the group (A29) or another action at that time (A36), `LimitExceeded`, `ValidationError` (A30, A31, A32)
   */
  async put(
    settings: Omit<ScheduledAction, "arn" | "startTimeMs"> & { startTimeMs: number | undefined },
  ): Promise<ScheduledAction> {
    const { groupName, name, recurrence, timeZone, startTimeMs } = settings;
    const { clock, region, accountId, random } = this.#ports.context;
    this.#ports.group(groupName);
    const nextMs = recurrence === undefined ? undefined : nextTimeMs(recurrence, timeZone, clock.nowMs);
    const firstMs = startTimeMs ?? nextMs;
    if (firstMs === undefined)
      throw new AwsError("ValidationError", "Either recurrence or start time must be given for a scheduled action");
    if (startTimeMs !== undefined && startTimeMs < clock.nowMs)
      throw new AwsError("ValidationError", "Given start time is in the past");
    if ([settings.minSize, settings.maxSize, settings.desiredCapacity].every((size) => size === undefined))
      throw new AwsError("ValidationError", "Need at least one of min-size, max-size or desired-capacity");
    const before = this.find(groupName, name);
    if (!before && this.of(groupName).length >= MAX_ACTIONS)
      throw new AwsError("LimitExceeded", `Scheduled actions must not exceed ${MAX_ACTIONS} per group`);
    const isTaken = this.of(groupName).some((other) => other.name !== name && other.startTimeMs === firstMs);
    if (this.#called.has(groupName) || isTaken)
      throw new AwsError("AlreadyExists", "Scheduled action with this scheduled start time already exists");
    this.#called.add(groupName);
    await clock.sleep(CALL_SECONDS).finally(() => this.#called.delete(groupName));
    const uuid = random.uuid();
    const arn = `arn:aws:autoscaling:${region}:${accountId}:scheduledUpdateGroupAction:${uuid}:autoScalingGroupName/${groupName}:scheduledActionName/${name}`;
    const action = { ...settings, arn: before?.arn ?? arn, startTimeMs: firstMs };
    this.delete(groupName, name);
    const timer = new AbortController();
    this.#actions.set(keyOf(groupName, name), { action, timer });
    void this.#run(action, timer.signal);
    return action;
  }

  find(groupName: string, name: string): ScheduledAction | undefined {
    return this.#actions.get(keyOf(groupName, name))?.action;
  }

  /** Returns the actions of one group. */
  of(groupName: string): ScheduledAction[] {
    return [...this.#actions.values()].map(({ action }) => action).filter((action) => action.groupName === groupName);
  }

  /** Does nothing for an action that is not there. */
  delete(groupName: string, name: string): void {
    this.#actions.get(keyOf(groupName, name))?.timer.abort();
    this.#actions.delete(keyOf(groupName, name));
  }

  /** Deletes the actions of a deleted group. */
  deleteOfGroup(groupName: string): void {
    for (const { name } of this.of(groupName)) this.delete(groupName, name);
  }

  close(): void {
    for (const { timer } of this.#actions.values()) timer.abort();
  }

  async #run(action: ScheduledAction, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports.context;
    for (;;) {
      if (!(await clock.passes(Math.max(0, (action.startTimeMs - clock.nowMs) / 1000), signal))) return;
      const { groupName, name, recurrence, startTimeMs } = action;
      if (recurrence === undefined) {
        this.delete(groupName, name);
        return this.#perform(action);
      }
      action.startTimeMs = nextTimeMs(recurrence, action.timeZone, Math.max(startTimeMs, clock.nowMs));
      this.#perform(action);
    }
  }

  /** Sets the group's sizes. A minimum above the number of instances raises that as well (A31). */
  #perform({ name, groupName, minSize, maxSize, desiredCapacity }: ScheduledAction): void {
    const group = this.#ports.group(groupName);
    const before = group.settings;
    const min = minSize ?? before.minSize;
    const max = maxSize ?? before.maxSize;
    const desired = desiredCapacity ?? Math.min(max, Math.max(min, before.desiredCapacity));
    if (min > max || desired < min || desired > max) {
      this.#ports.context.log(
        `Auto Scaling group ${groupName}: scheduled action ${name} fails, because ${min} to ${max} with ${desired} is no size`,
      );
      return;
    }
    this.#ports.context.log(
      `Auto Scaling group ${groupName}: scheduled action ${name} sets min ${min}, max ${max}, desired ${desired}`,
    );
    group.resize(
      { minSize: min, maxSize: max, desiredCapacity: desired },
      `a scheduled action update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${desired} changing the desired capacity from ${before.desiredCapacity} to ${desired}`,
    );
  }
}

/** @throws AwsError `ValidationError` (A31) */
function nextTimeMs(recurrence: string, timeZone: string, afterMs: number): number {
  if (!isTimeZone(timeZone)) throw new AwsError("ValidationError", `Given timezone is invalid: ${timeZone}`);
  try {
    if (recurrence.trim().split(/\s+/).length !== 5) throw new Error("five fields are wanted");
    return new Cron(recurrence, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs))!.getTime();
  } catch {
    throw new AwsError("ValidationError", `Given recurrence string: ${recurrence} is invalid`);
  }
}

function keyOf(groupName: string, name: string): string {
  return `${groupName}/${name}`;
}
