import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CountedMetrics } from "../../cloudwatch/model/counted-metrics";
import { checkExpression, type Schedule, type ScheduleSettings, timeAfter } from "./schedule";
import { type StartPorts, startTask } from "./start-task";

/** A target is called at some second of its minute (Y3). AWS seconds. */
const PRECISION_SECONDS = { min: 0, max: 59 };
/** AWS seconds between two attempts; AWS's own grow from one attempt to the next. */
const RETRY_SECONDS = 60;
const PRINCIPAL = "scheduler.amazonaws.com";

export interface SchedulerPorts extends StartPorts {
  metrics: Pick<CountedMetrics, "count">;
}

export interface ScheduleGroup {
  arn: string;
  name: string;
  createdAtMs: number;
}

/** EventBridge Scheduler: schedule groups, and schedules that start ECS tasks at their times. */
export class Scheduler {
  readonly #ports: SchedulerPorts;
  readonly #groups = new Map<string, ScheduleGroup>();
  readonly #schedules = new Map<string, Schedule>();
  readonly #timers = new Map<Schedule, AbortController>();

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
    this.#addGroup("default");
  }

  /** @throws AwsError `ConflictException` (Y1) */
  createGroup(name: string): ScheduleGroup {
    if (this.#groups.has(name)) throw new AwsError("ConflictException", `Schedule group ${name} already exists.`);
    return this.#addGroup(name);
  }

  findGroup(name: string): ScheduleGroup | undefined {
    return this.#groups.get(name);
  }

  /** Deletes a group with its schedules. */
  deleteGroup(name: string): void {
    this.#group(name);
    for (const schedule of this.#schedules.values()) if (schedule.groupName === name) this.delete(name, schedule.name);
    this.#groups.delete(name);
  }

  /** @throws AwsError `ConflictException`, `ResourceNotFoundException`, `ValidationException` */
  create(groupName: string, name: string, settings: ScheduleSettings): Schedule {
    this.#group(groupName);
    if (this.find(groupName, name)) throw new AwsError("ConflictException", `Schedule ${name} already exists.`);
    this.#check(groupName, settings);
    const { region, accountId } = this.#ports.context;
    const arn = `arn:aws:scheduler:${region}:${accountId}:schedule/${groupName}/${name}`;
    const schedule: Schedule = { ...settings, arn, name, groupName, countedFromMs: this.#ports.context.clock.nowMs };
    this.#schedules.set(keyOf(groupName, name), schedule);
    void this.#run(schedule);
    return schedule;
  }

  find(groupName: string, name: string): Schedule | undefined {
    return this.#schedules.get(keyOf(groupName, name));
  }

  /** @throws AwsError `ResourceNotFoundException` (Y1) */
  get(groupName: string, name: string): Schedule {
    this.#group(groupName);
    return orNotFound(this.find(groupName, name), "ResourceNotFoundException", `Schedule ${name} does not exist.`);
  }

  /**
   * Changes a schedule. A time that has come already is called with the new target: it is never called with both. A cron keeps its
   * times; a rate counts anew (Y4).
   */
  update(groupName: string, name: string, settings: ScheduleSettings): Schedule {
    const schedule = this.get(groupName, name);
    this.#check(groupName, settings);
    const isSameTime =
      schedule.state === settings.state &&
      schedule.scheduleExpression === settings.scheduleExpression &&
      schedule.scheduleExpressionTimezone === settings.scheduleExpressionTimezone &&
      !settings.scheduleExpression.startsWith("rate(");
    Object.assign(schedule, settings);
    if (isSameTime) return schedule;
    schedule.countedFromMs = this.#ports.context.clock.nowMs;
    void this.#run(schedule);
    return schedule;
  }

  delete(groupName: string, name: string): void {
    const schedule = this.get(groupName, name);
    this.#timers.get(schedule)?.abort();
    this.#timers.delete(schedule);
    this.#schedules.delete(keyOf(groupName, name));
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.abort();
  }

  /** Calls the schedule's target at each of its times, until the schedule changes or ends. */
  async #run(schedule: Schedule): Promise<void> {
    const { clock, random } = this.#ports.context;
    this.#timers.get(schedule)?.abort();
    const timer = new AbortController();
    this.#timers.set(schedule, timer);
    if (schedule.state === "DISABLED") return;
    // A rate's first time is the one that it counts from.
    let lastMs = schedule.countedFromMs - 1;
    for (;;) {
      const timeMs = timeAfter(schedule, lastMs);
      if (timeMs === null) return;
      const waitSeconds = (timeMs - clock.nowMs) / 1000 + random.within(PRECISION_SECONDS);
      if (!(await clock.passes(Math.max(0, waitSeconds), timer.signal))) return;
      lastMs = timeMs;
      void this.#call(schedule, timeMs, timer.signal);
    }
  }

  /** Calls the target for one time, again and again as its retry policy says (Y5). */
  async #call(schedule: Schedule, timeMs: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports.context;
    for (let attempt = 0; ; attempt += 1) {
      try {
        startTask(this.#ports, schedule, timeMs);
        return;
      } catch (error) {
        const { maximumEventAgeInSeconds, maximumRetryAttempts } = schedule.target.retryPolicy;
        const ageSeconds = (clock.nowMs - timeMs) / 1000 + RETRY_SECONDS;
        const isOver = attempt >= maximumRetryAttempts || ageSeconds > maximumEventAgeInSeconds;
        if (attempt === 0 || isOver)
          log(
            `schedule ${schedule.groupName}/${schedule.name} could not start its task${isOver ? ", and gives this time up" : ""}: ${(error as Error).message}`,
          );
        if (isOver) this.#drop(schedule, (error as Error).message);
        if (isOver || !(await clock.passes(RETRY_SECONDS, signal))) return;
      }
    }
  }

  #drop({ name, groupName }: Schedule, reason: string): void {
    const given = { kind: "scheduledRun", service: name, release: "", taskId: null, exitCode: null } as const;
    this.#ports.context.emit({ ...given, atMs: Date.now(), reason });
    this.#ports.metrics.count({
      namespace: "AWS/Scheduler",
      metricName: "InvocationDroppedCount",
      dimensions: { ScheduleGroup: groupName },
    });
  }

  /** The role's trust policy is asked with the ARN of the schedule's group (Y6). */
  #check(groupName: string, { scheduleExpression, scheduleExpressionTimezone, target }: ScheduleSettings): void {
    checkExpression(scheduleExpression, scheduleExpressionTimezone);
    const { permissions } = this.#ports;
    const role = permissions.roleNameOfArn(target.roleArn);
    if (role !== undefined && permissions.trusts(role, PRINCIPAL, this.#group(groupName).arn)) return;
    throw new AwsError(
      "ValidationException",
      "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    );
  }

  #group(name: string): ScheduleGroup {
    return orNotFound(this.#groups.get(name), "ResourceNotFoundException", `Schedule group ${name} does not exist.`);
  }

  #addGroup(name: string): ScheduleGroup {
    const { region, accountId } = this.#ports.context;
    const arn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`;
    const group = { arn, name, createdAtMs: Date.now() };
    this.#groups.set(name, group);
    return group;
  }
}

function keyOf(groupName: string, name: string): string {
  return `${groupName}/${name}`;
}
