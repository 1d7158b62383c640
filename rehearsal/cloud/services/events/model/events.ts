import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { CountedMetrics } from "../../cloudwatch/model/counted-metrics";
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

/** EventBridge's default bus, with rules that count the events that match them. Targets are not modelled. */
export class Events {
  readonly #rules = new Map<string, EventRule>();

  constructor(
    private readonly context: Pick<CloudContext, "region" | "accountId">,
    private readonly metrics: Pick<CountedMetrics, "count">,
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

  /** @throws AwsError `ResourceNotFoundException` */
  delete(name: string): void {
    if (!this.#rules.delete(name))
      throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`);
  }

  /** Gets an event, and counts it for each rule that it matches (W14). */
  send(event: AwsEvent): void {
    for (const { name, eventPattern, state } of this.#rules.values()) {
      if (state === "DISABLED" || !matches(parsePattern(eventPattern), event)) continue;
      this.metrics.count({ namespace: "AWS/Events", metricName: "TriggeredRules", dimensions: { RuleName: name } });
    }
  }
}
