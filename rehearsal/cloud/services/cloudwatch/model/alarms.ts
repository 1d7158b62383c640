import { parseJson } from "../../../../../components/core/parse-json";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { evaluateAlarm, evaluationRange, type Period } from "./alarm-evaluation";
import { AlarmHistory } from "./alarm-history";
import { reasonDataOf, reasonOf } from "./alarm-reason";
import { AlarmSchedule } from "./alarm-schedule";
import {
  type AlarmSettings,
  type AlarmState,
  evaluatedEverySeconds,
  problemWith,
  problemWithActions,
} from "./alarm-settings";
import { COUNTED, CountedMetrics } from "./counted-metrics";
import { type LoadBalancerMetrics, NAMESPACE } from "./load-balancer-metrics";
import type { Datapoint } from "./statistics";

export interface Alarm {
  name: string;
  arn: string;
  settings: AlarmSettings;
  state: AlarmState;
  /** Why it came into its state. */
  reason: string;
  /** What was evaluated, as JSON; empty for a new alarm. */
  reasonData: string;
  /** The time of the last PutMetricAlarm, in Unix milliseconds. */
  configuredAtMs: number;
  /** The time of the last change of the state, or of the last SetAlarmState, in Unix milliseconds. */
  stateAtMs: number;
  /** The time of the last change of the state, in Unix milliseconds. */
  changedAtMs: number;
  /**
   * AWS seconds from the end of a minute until the alarm is evaluated with that minute as the newest one. On AWS each
   * alarm has a second of its own, as the times of its changes show.
   */
  offsetSeconds: number;
}

const MINUTE_SECONDS = 60;

/** CloudWatch's alarms, each evaluated from its metric again and again (aws-rules W4, W9-W12). */
export class Alarms {
  readonly history = new AlarmHistory();
  readonly #alarms = new Map<string, Alarm>();
  readonly #schedule: AlarmSchedule;

  constructor(
    private readonly context: Pick<
      CloudContext,
      "region" | "accountId" | "clock" | "random" | "assumptions" | "emit" | "log"
    >,
    private readonly metrics: LoadBalancerMetrics,
    private readonly now: () => number = Date.now,
    private readonly counts: Pick<CountedMetrics, "sumUp"> = new CountedMetrics(context, now),
  ) {
    this.#schedule = new AlarmSchedule(context.clock, now, (name, endSeconds) => this.evaluate(name, endSeconds));
  }

  find(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  /** Sorted by name. */
  get all(): Alarm[] {
    return [...this.#alarms.values()].sort((one, two) => (one.name < two.name ? -1 : 1));
  }

  /**
   * Creates an alarm, or changes all of it except its state.
   * @throws AwsError `ValidationException` (W3, W19)
   */
  put(name: string, settings: AlarmSettings): void {
    const problem = problemWith(settings) ?? problemWithActions(settings, this.context.region);
    if (problem !== null) throw new AwsError("ValidationException", problem);
    const known = this.#alarms.get(name);
    const alarm = { ...(known ?? this.#newAlarm(name, settings)), settings, configuredAtMs: this.now() };
    this.#alarms.set(name, alarm);
    const what = known ? "updated" : "created";
    this.#record(alarm, "ConfigurationUpdate", `Alarm "${name}" ${what}`, { type: known ? "Update" : "Create" });
    const everySeconds = evaluatedEverySeconds(settings);
    this.#schedule.start(name, { everySeconds, offsetSeconds: alarm.offsetSeconds % everySeconds });
  }

  /**
   * Sets a state, which lasts until the next evaluation (aws-rules W12).
   * @param reasonData JSON, or empty
   * @throws AwsError `ResourceNotFound`, `InvalidFormat`
   */
  setState(name: string, state: AlarmState, reason: string, reasonData = ""): void {
    const alarm = this.#find(name);
    if (reasonData !== "" && parseJson(reasonData) === undefined)
      throw new AwsError("InvalidFormat", "StateReasonData was not syntactically valid JSON");
    this.#change(alarm, { state, reason, reasonData });
    Object.assign(alarm, { reason, reasonData, stateAtMs: this.now() });
  }

  /** Lets alarms notify, or not. Ignores names that do not exist, as on AWS. */
  enableActions(names: readonly string[], isEnabled: boolean): void {
    for (const name of names) {
      const alarm = this.#alarms.get(name);
      if (alarm) alarm.settings = { ...alarm.settings, actionsEnabled: isEnabled };
    }
  }

  /** Ignores names that do not exist, as on AWS. */
  delete(names: readonly string[]): void {
    for (const name of names) {
      const alarm = this.#alarms.get(name);
      if (!alarm) continue;
      this.#alarms.delete(name);
      this.#schedule.stop(name);
      this.#record(alarm, "ConfigurationUpdate", `Alarm "${name}" deleted`, { type: "Delete" });
    }
  }

  /**
   * Evaluates an alarm from what is published now.
   * @param endSeconds end of the newest period, in AWS seconds since 1970
   */
  evaluate(name: string, endSeconds: number): void {
    const alarm = this.#find(name);
    const { settings } = alarm;
    const periods = this.#periods(settings, endSeconds);
    const evaluation = evaluateAlarm(settings, periods);
    if (evaluation === null || evaluation.state === alarm.state) return;
    const reasonData = reasonDataOf(settings, evaluation, periods, this.now());
    this.#change(alarm, { state: evaluation.state, reason: reasonOf(settings, evaluation), reasonData });
  }

  /** Ends all timers. */
  close(): void {
    this.#schedule.close();
  }

  #newAlarm(name: string, settings: AlarmSettings): Alarm {
    const { region, accountId, random } = this.context;
    const nowMs = this.now();
    return {
      name,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      settings,
      state: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      reasonData: "",
      configuredAtMs: nowMs,
      stateAtMs: nowMs,
      changedAtMs: nowMs,
      offsetSeconds: random.between(0, MINUTE_SECONDS),
    };
  }

  /** The evaluation range, newest period first. */
  #periods(settings: AlarmSettings, endSeconds: number): Period[] {
    const { periodSeconds } = settings;
    return Array.from({ length: evaluationRange(settings) }, (_, age) => {
      const fromSeconds = endSeconds - (age + 1) * periodSeconds;
      return {
        atMs: this.context.clock.realMs(fromSeconds),
        point: this.#read(settings, fromSeconds, fromSeconds + periodSeconds),
      };
    });
  }

  /** A metric has all of its dimensions as its name: with others the alarm finds no data (aws-rules W13). */
  #read({ namespace, metricName, dimensions }: AlarmSettings, from: number, to: number): Datapoint | undefined {
    const byName = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));
    if (namespace in COUNTED)
      return this.counts.sumUp(
        { namespace, metricName, dimensions: byName },
        from / MINUTE_SECONDS,
        to / MINUTE_SECONDS,
      );
    const { LoadBalancer, TargetGroup, ...others } = byName;
    if (namespace !== NAMESPACE || LoadBalancer === undefined || Object.keys(others).length > 0) return undefined;
    const metric = { metricName, dimensions: { LoadBalancer, TargetGroup } };
    return this.metrics.sumUp(metric, from / MINUTE_SECONDS, to / MINUTE_SECONDS);
  }

  /** Does nothing if the state stays the same: reason and time are those of the change. */
  #change(alarm: Alarm, next: Pick<Alarm, "state" | "reason" | "reasonData">): void {
    const { name, state: from, settings } = alarm;
    if (next.state === from) return;
    const atMs = this.now();
    const before = stateData(alarm);
    Object.assign(alarm, next, { stateAtMs: atMs, changedAtMs: atMs });
    const summary = `Alarm updated from ${from} to ${next.state}`;
    this.#record(alarm, "StateUpdate", summary, { oldState: before, newState: stateData(alarm) });
    this.context.emit({ kind: "alarm", atMs, name, from, to: next.state, reason: next.reason });
    this.context.log(`alarm ${name}: ${from} -> ${next.state}: ${next.reason}`);
    if (settings.actionsEnabled) for (const action of settings.actions[next.state]) this.#act(alarm, action);
  }

  /** There is nothing in the rehearsal cloud that an alarm could notify. On AWS a missing topic fails in the same way. */
  #act(alarm: Alarm, action: string): void {
    const error = "the rehearsal cloud has nothing that alarms notify";
    const summary = `Failed to execute action ${action}. Received error: "${error}"`;
    this.#record(alarm, "Action", summary, { actionState: "Failed", notificationResource: action, error });
  }

  #record(
    { name }: Alarm,
    type: "ConfigurationUpdate" | "StateUpdate" | "Action",
    summary: string,
    data: object,
  ): void {
    this.history.add({ alarmName: name, atMs: this.now(), type, summary, data });
  }

  #find(name: string): Alarm {
    return orNotFound(this.#alarms.get(name), "ResourceNotFound", `Alarm ${name} does not exist`);
  }
}

function stateData({ state, reason, reasonData }: Alarm): object {
  const stateReasonData = reasonData === "" ? {} : { stateReasonData: parseJson(reasonData) };
  return { stateValue: state, stateReason: reason, ...stateReasonData };
}
