import { beginChange } from "../../../faults/change-faults";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { type ActionInput, parseActions } from "./actions";
import type { ElbArns } from "./arns";
import { checkAssociation, listenersOf, rulesOf } from "./associations";
import { type ConditionInput, parseConditions } from "./conditions";
import type { ElbState, ListenerState, RuleState } from "./state";
import type { Targets } from "./targets";

/** E13, adj; default rules are not counted. */
const MAX_RULES_PER_LOAD_BALANCER = 100;
/** E15. */
const MAX_PRIORITY = 50_000;

export interface RuleInput {
  listenerArn: string;
  /** Left out: one more than the highest, as the provider chooses. */
  priority?: number | undefined;
  conditions: ConditionInput[];
  actions: ActionInput[];
}

export interface RulesParts {
  state: ElbState;
  arns: ElbArns;
  targets: Targets;
  /** Tells a load balancer's data plane of a change. */
  send: (loadBalancerArn: string) => void;
}

/** ELB's calls about rules. All return before every node follows the change (E24). */
export class Rules {
  readonly #context: CloudContext;
  readonly #parts: RulesParts;

  constructor(context: CloudContext, parts: RulesParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** @throws AwsError ListenerNotFound, PriorityInUse, TooManyRules, ValidationError, and what an action can break (E1, E14, E18-E20) */
  create(input: RuleInput): RuleState {
    const { state, arns } = this.#parts;
    const listener = this.#listener(input.listenerArn);
    const priority = input.priority ?? this.#nextPriority(listener.arn);
    this.#checkPriority(listener.arn, priority);
    const conditions = parseConditions(input.conditions);
    const action = parseActions(input.actions);
    const siblings = listenersOf(state, listener.loadBalancerArn).flatMap((other) => rulesOf(state, other.arn));
    if (siblings.length >= MAX_RULES_PER_LOAD_BALANCER) {
      throw new AwsError("TooManyRules", "You've reached the limit on the number of rules per load balancer.");
    }
    checkAssociation(state, listener.loadBalancerArn, action);
    const rule = { arn: arns.rule(listener.arn), listenerArn: listener.arn, priority, ...conditions, action };
    this.#put("CreateRule", rule, listener);
    return rule;
  }

  /** Replaces the whole list of conditions, if given, and of actions (E18); the priority stays. @throws AwsError RuleNotFound, and as `create` */
  modify(arn: string, change: Partial<Pick<RuleInput, "conditions">> & Pick<RuleInput, "actions">): RuleState {
    const old = this.get(arn);
    const listener = this.#listener(old.listenerArn);
    const conditions = change.conditions && parseConditions(change.conditions);
    const action = parseActions(change.actions);
    checkAssociation(this.#parts.state, listener.loadBalancerArn, action, arn);
    const rule = { ...old, ...conditions, action };
    this.#put("ModifyRule", rule, listener);
    return rule;
  }

  /** SetRulePriorities for one rule (E15). @throws AwsError RuleNotFound, PriorityInUse, ValidationError */
  setPriority(arn: string, priority: number): RuleState {
    const old = this.get(arn);
    if (old.priority === priority) return old;
    this.#checkPriority(old.listenerArn, priority);
    const rule = { ...old, priority };
    this.#put("SetRulePriorities", rule, this.#listener(old.listenerArn));
    return rule;
  }

  /** @throws AwsError RuleNotFound */
  delete(arn: string): void {
    const rule = this.get(arn);
    const changed = this.#begin("DeleteRule", rule);
    this.#parts.state.rules.delete(arn);
    this.#follow(this.#listener(rule.listenerArn).loadBalancerArn);
    this.#tell(rule, []);
    changed();
  }

  find(arn: string): RuleState | undefined {
    return this.#parts.state.rules.get(arn);
  }

  /** @throws AwsError RuleNotFound */
  get(arn: string): RuleState {
    const rule = this.find(arn);
    if (!rule) throw new AwsError("RuleNotFound", "One or more rules not found");
    return rule;
  }

  #put(operation: string, rule: RuleState, listener: ListenerState): void {
    const { state } = this.#parts;
    const changed = this.#begin(operation, rule);
    state.rules.set(rule.arn, rule);
    this.#follow(listener.loadBalancerArn);
    if (rule.action.type === "forward") this.#tellForward(rule, rule.action.targetGroups);
    changed();
  }

  /** @returns to be called when the change took effect */
  #begin(operation: string, { hostHeaders, listenerArn }: RuleState): () => void {
    const names = `${hostHeaders.join(" ")} on ${this.#loadBalancerName(listenerArn)}`;
    return beginChange(this.#context, "failRule", operation, names);
  }

  #tellForward(rule: RuleState, groups: { arn: string; weight: number }[]): void {
    const { targetGroups } = this.#parts.state;
    // What AWS does then is written nowhere (E21); the data plane answers 503.
    if (groups.every((group) => group.weight === 0)) {
      this.#context.log(`rule ${rule.arn}: all weights are 0, so every request of it gets 503 here (E21)`);
    }
    this.#tell(
      rule,
      groups.map(({ arn, weight }) => ({ name: targetGroups.get(arn)?.name ?? arn, weight })),
    );
  }

  #follow(loadBalancerArn: string): void {
    this.#parts.targets.reassess();
    this.#parts.send(loadBalancerArn);
  }

  #tell(rule: RuleState, targetGroups: { name: string; weight: number }[]): void {
    const loadBalancer = this.#loadBalancerName(rule.listenerArn);
    for (const host of rule.hostHeaders) {
      this.#context.emit({ kind: "rule", atMs: Date.now(), loadBalancer, host, targetGroups });
    }
  }

  #loadBalancerName(listenerArn: string): string {
    const { listeners, loadBalancers } = this.#parts.state;
    const arn = listeners.get(listenerArn)?.loadBalancerArn ?? "";
    return loadBalancers.get(arn)?.name ?? arn;
  }

  #checkPriority(listenerArn: string, priority: number): void {
    if (!Number.isInteger(priority) || priority < 1 || priority > MAX_PRIORITY) {
      throw new AwsError("ValidationError", `Priority '${priority}' must be between 1 and ${MAX_PRIORITY}`);
    }
    if (rulesOf(this.#parts.state, listenerArn).some((rule) => rule.priority === priority)) {
      throw new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);
    }
  }

  #nextPriority(listenerArn: string): number {
    return (rulesOf(this.#parts.state, listenerArn).at(-1)?.priority ?? 0) + 1;
  }

  #listener(arn: string): ListenerState {
    const listener = this.#parts.state.listeners.get(arn);
    if (!listener) throw new AwsError("ListenerNotFound", "One or more listeners not found");
    return listener;
  }
}
