import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** The settings of PutMetricAlarm. */
export interface AlarmSettings {
  description?: string | undefined;
  namespace: string;
  metricName: string;
  dimensions: { Name: string; Value: string }[];
  statistic: string;
  /** AWS seconds. */
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  comparisonOperator: string;
  treatMissingData: string;
}

export interface Alarm {
  name: string;
  arn: string;
  settings: AlarmSettings;
  state: AlarmState;
  reason: string;
  /** Unix milliseconds. */
  configuredAtMs: number;
  stateAtMs: number;
}

const DAY_SECONDS = 86_400;

/**
 * CloudWatch's alarms. Their metrics are not evaluated: an alarm stays INSUFFICIENT_DATA, as a new one is (aws-rules
 * W4), until SetAlarmState sets another state, and then keeps that. On AWS, the next evaluation would change it again.
 */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();

  constructor(private readonly context: Pick<CloudContext, "region" | "accountId">) {}

  /** Sorted by name. */
  get all(): Alarm[] {
    return [...this.#alarms.values()].sort((one, two) => (one.name < two.name ? -1 : 1));
  }

  /**
   * Creates an alarm, or changes all of it except its state.
   * @throws AwsError `ValidationException` (W3)
   */
  put(name: string, settings: AlarmSettings): void {
    const problem = problemWith(settings);
    if (problem !== null) throw new AwsError("ValidationException", problem);
    const { region, accountId } = this.context;
    const known = this.#alarms.get(name) ?? {
      name,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      state: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      stateAtMs: Date.now(),
    };
    this.#alarms.set(name, { ...known, settings, configuredAtMs: Date.now() });
  }

  /** @throws AwsError `ResourceNotFound` */
  setState(name: string, state: AlarmState, reason: string): void {
    const alarm = this.#alarms.get(name);
    if (!alarm) throw new AwsError("ResourceNotFound", `Alarm ${name} does not exist`);
    Object.assign(alarm, { state, reason, stateAtMs: Date.now() });
  }

  /** Ignores names that do not exist, as on AWS. */
  delete(names: readonly string[]): void {
    for (const name of names) this.#alarms.delete(name);
  }
}

function problemWith({ periodSeconds, evaluationPeriods, datapointsToAlarm }: AlarmSettings): string | null {
  if (![10, 20, 30].includes(periodSeconds) && periodSeconds % 60 !== 0)
    return `Period must be 10, 20, 30 or a multiple of 60; given ${periodSeconds}`;
  if (datapointsToAlarm > evaluationPeriods)
    return `DatapointsToAlarm must be at most EvaluationPeriods, ${evaluationPeriods}; given ${datapointsToAlarm}`;
  const days = periodSeconds < 3600 ? 1 : 7;
  if (periodSeconds * evaluationPeriods > days * DAY_SECONDS)
    return `Metrics cannot be checked across more than ${days === 1 ? "a day" : "a week"} (EvaluationPeriods * Period must be <= ${days * DAY_SECONDS})`;
  return null;
}
