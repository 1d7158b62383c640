import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { CountedMetrics } from "../../cloudwatch/model/counted-metrics";
import type { CloudWatchLogs } from "../../logs/model/cloudwatch-logs";
import { matches, parsePattern } from "./event-pattern";

export interface EventRule {
  arn: string;
  name: string;
  /** JSON. */
  eventPattern: string;
  state: "ENABLED" | "DISABLED";
}

/** An event of an AWS service. */
export interface AwsEvent {
  source: string;
  "detail-type": string;
  detail: object;
}

export interface EventTarget {
  /** Different for each target of a rule. */
  id: string;
  /** ARN of a log group. Other targets are not modelled. */
  arn: string;
}

export interface EventsPorts {
  metrics: Pick<CountedMetrics, "count">;
  logs: Pick<CloudWatchLogs, "mayWrite" | "append">;
}

const LOG_GROUP = /^arn:aws:logs:[^:]+:\d{12}:log-group:([^:]+)$/;
const PRINCIPAL = "events.amazonaws.com";

/** EventBridge's default bus, with rules that count the events that match them, and write them to log groups. */
export class Events {
  readonly #rules = new Map<string, EventRule>();
  /** Targets by the name of their rule. */
  readonly #targets = new Map<string, EventTarget[]>();

  constructor(
    private readonly context: Pick<CloudContext, "region" | "accountId" | "random" | "log">,
    private readonly ports: EventsPorts,
  ) {}

  /** Creates a rule or changes it. @throws AwsError `InvalidEventPatternException` */
  put(name: string, { eventPattern, state }: Pick<EventRule, "eventPattern" | "state">): EventRule {
    parsePattern(eventPattern);
    const { region, accountId } = this.context;
    const rule = { arn: `arn:aws:events:${region}:${accountId}:rule/${name}`, name, eventPattern, state };
    this.#rules.set(name, rule);
    return rule;
  }

  find(name: string): EventRule | undefined {
    return this.#rules.get(name);
  }

  /** @throws AwsError `ResourceNotFoundException`, `ValidationException` while the rule has targets (W17) */
  delete(name: string): void {
    this.#get(name);
    if (this.targets(name).length > 0)
      throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
    this.#rules.delete(name);
  }

  /** Adds a target to a rule, or changes the one of that id. @throws AwsError `ResourceNotFoundException`, `ValidationException` */
  putTarget(rule: string, target: EventTarget): void {
    this.#get(rule);
    if (!LOG_GROUP.test(target.arn))
      throw new AwsError(
        "ValidationException",
        `the rehearsal cloud has log groups as targets only, not ${target.arn}`,
      );
    this.#targets.set(rule, [...this.targets(rule).filter(({ id }) => id !== target.id), target]);
  }

  targets(rule: string): EventTarget[] {
    return this.#targets.get(rule) ?? [];
  }

  removeTarget(rule: string, id: string): void {
    this.#targets.set(
      rule,
      this.targets(rule).filter((target) => target.id !== id),
    );
  }

  /** Gets an event, counts it for each rule that it matches (W14), and writes it to the rule's log groups (W16). */
  send(event: AwsEvent): void {
    const { metrics, logs } = this.ports;
    for (const { name, eventPattern, state } of this.#rules.values()) {
      if (state === "DISABLED" || !matches(parsePattern(eventPattern), event)) continue;
      const dimensions = { RuleName: name };
      metrics.count({ namespace: "AWS/Events", metricName: "TriggeredRules", dimensions });
      for (const { arn } of this.targets(name)) {
        const [, group] = LOG_GROUP.exec(arn)!;
        if (logs.mayWrite(PRINCIPAL, arn)) {
          logs.append(group!, this.#uuid(), JSON.stringify(this.#envelope(event)));
          continue;
        }
        this.context.log(`EventBridge may not write to ${group}: an event of the rule ${name} is lost`);
        metrics.count({ namespace: "AWS/Events", metricName: "FailedInvocations", dimensions });
      }
    }
  }

  #envelope(event: AwsEvent): object {
    const { region, accountId } = this.context;
    const time = new Date().toISOString();
    return { version: "0", id: this.#uuid(), ...event, account: accountId, time, region, resources: [] };
  }

  #uuid(): string {
    return this.context.random.uuid();
  }

  /** @throws AwsError `ResourceNotFoundException` */
  #get(name: string): EventRule {
    return orNotFound(
      this.#rules.get(name),
      "ResourceNotFoundException",
      `Rule ${name} does not exist on EventBus default.`,
    );
  }
}
