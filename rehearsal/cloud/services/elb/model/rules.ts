import { beginChange } from "../../../faults/change-faults";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { type ActionInput, parseActions } from "./actions";
import type { ElbArns } from "./arns";
import { checkAssociation, listenersOf, rulesOf } from "./associations";
import { type ConditionInput, parseConditions } from "./conditions";
import type { ElbState, ListenerState, RuleState } from "./state";
import type { Targets } from "./targets";

/** Quota without default rules; AWS raises it on request (E13). */
const MAX_RULES_PER_LOAD_BALANCER = 100;
/** The highest priority number, which ELB evaluates last (E15). */
const MAX_PRIORITY = 50_000;

export interface RuleInput {
  listenerArn: string;
  /** The default is one more than the highest priority, as in the provider. */
  priority?: number | undefined;
  conditions: ConditionInput[];
  actions: ActionInput[];
}

export interface RulesParts {
  state: ElbState;
  arns: ElbArns;
  targets: Targets;
  /** Sends a load balancer's configuration to its data plane. */
  send: (loadBalancerArn: string) => void;
}

/** ELB's operations on rules. Each returns before every node follows the change (E24). */
export class Rules {
  readonly #context: CloudContext;
  readonly #parts: RulesParts;

  constructor(context: CloudContext, parts: RulesParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Creates a rule.
   * @throws AwsError ListenerNotFound, PriorityInUse, TooManyRules, ValidationError, and for an action that ELB refuses
   *   (E1, E14, E18-E20, E56)
   */
  create(input: RuleInput): RuleState {
    const { state, arns } = this.#parts;
    const listener = this.#listener(input.listenerArn);
    const priority = input.priority ?? this.#nextPriority(listener.arn);
    this.#checkPriority(listener.arn, priority);
    const conditions = parseConditions(input.conditions);
    const action = parseActions(input.actions, listener.protocol);
    const siblings = listenersOf(state, listener.loadBalancerArn).flatMap((other) => rulesOf(state, other.arn));
    if (siblings.length >= MAX_RULES_PER_LOAD_BALANCER) {
      throw new AwsError("TooManyRules", "You've reached the limit on the number of rules per load balancer.");
    }
    checkAssociation(state, listener, action);
    const rule = { arn: arns.rule(listener.arn), listenerArn: listener.arn, priority, ...conditions, action };
    this.#put("CreateRule", rule, listener);
    return rule;
  }

  /**
   * Replaces all actions and all conditions that are given (E18). The priority stays.
   * @throws AwsError RuleNotFound, and as `create`
   */
  modify(arn: string, change: Partial<Pick<RuleInput, "conditions" | "actions">>): RuleState {
    const old = this.get(arn);
    const listener = this.#listener(old.listenerArn);
    const conditions = change.conditions && parseConditions(change.conditions);
    const action = change.actions ? parseActions(change.actions, listener.protocol) : old.action;
    checkAssociation(this.#parts.state, listener, action, arn);
    const rule = { ...old, ...conditions, action };
    this.#put("ModifyRule", rule, listener);
    return rule;
  }

  /**
   * Performs SetRulePriorities for one rule (E15).
   * @throws AwsError RuleNotFound, PriorityInUse, ValidationError
   */
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
    this.#updateDataPlane(this.#listener(rule.listenerArn).loadBalancerArn);
    this.#emit(rule, []);
    changed();
  }

  find(arn: string): RuleState | undefined {
    return this.#parts.state.rules.get(arn);
  }

  /** @throws AwsError RuleNotFound */
  get(arn: string): RuleState {
    return orNotFound(this.find(arn), "RuleNotFound", "One or more rules not found");
  }

  #put(operation: string, rule: RuleState, listener: ListenerState): void {
    const { state } = this.#parts;
    const changed = this.#begin(operation, rule);
    state.rules.set(rule.arn, rule);
    this.#updateDataPlane(listener.loadBalancerArn);
    if (rule.action.type === "forward") this.#emitForward(rule, rule.action.targetGroups);
    changed();
  }

  /** Returns a function to call when the change took effect. */
  #begin(operation: string, { hostHeaders, hostRegexes, listenerArn }: RuleState): () => void {
    const names = `${[...hostHeaders, ...hostRegexes].join(" ")} on ${this.#loadBalancerName(listenerArn)}`;
    return beginChange(this.#context, "failRule", operation, names);
  }

  #emitForward(rule: RuleState, groups: { arn: string; weight: number }[]): void {
    const { targetGroups } = this.#parts.state;
    // AWS does not document this case (E21). The data plane answers 503.
    if (groups.every((group) => group.weight === 0)) {
      this.#context.log(`rule ${rule.arn}: all weights are 0, so every request of it gets 503 here (E21)`);
    }
    this.#emit(
      rule,
      groups.map(({ arn, weight }) => ({ name: targetGroups.get(arn)?.name ?? arn, weight })),
    );
  }

  #updateDataPlane(loadBalancerArn: string): void {
    this.#parts.targets.reassess();
    this.#parts.send(loadBalancerArn);
  }

  #emit(rule: RuleState, targetGroups: { name: string; weight: number }[]): void {
    const loadBalancer = this.#loadBalancerName(rule.listenerArn);
    for (const host of [...rule.hostHeaders, ...rule.hostRegexes]) {
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
    return orNotFound(this.#parts.state.listeners.get(arn), "ListenerNotFound", "One or more listeners not found");
  }
}
