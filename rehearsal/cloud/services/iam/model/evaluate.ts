import ipaddr from "ipaddr.js";
import type { Condition, Statement } from "./policy-document";

/**
 * The values of condition keys, by key in lower case. A key may have several values, such as `aws:tagkeys`, or none where the
 * call is known to lack it.
 */
export type ConditionContext = Record<string, string | readonly string[]>;

export interface AccessRequest {
  /** The caller by type (`Service`, `AWS`, `Federated`) and value, for statements with principals. */
  principal?: { type: string; value: string };
  action: string;
  /** ARN, or `*` for an action that takes no resource: only `*` in a policy allows it. Undefined for trust policies. */
  resource?: string;
  context: ConditionContext;
}

/**
 * Whether a statement allows the request and none denies it.
 * @param log gets a line for each condition with an unknown operator or key, which never matches
 */
export function isAllowed(statements: Statement[], request: AccessRequest, log: (line: string) => void): boolean {
  const matching = statements.filter((statement) => matches(statement, request, log));
  return matching.some(({ effect }) => effect === "Allow") && matching.every(({ effect }) => effect === "Allow");
}

/** The patterns of policies, which are asked again with each call. */
const COMPILED = new Map<string, RegExp>();

/** Whether the text matches the pattern. `*` stands for any text, `?` for any character. */
function matchesPattern(pattern: string, text: string): boolean {
  let compiled = COMPILED.get(pattern);
  if (!compiled) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    compiled = new RegExp(`^${source}$`, "s");
    COMPILED.set(pattern, compiled);
  }
  return compiled.test(text);
}

function matches(statement: Statement, request: AccessRequest, log: (line: string) => void): boolean {
  const action = request.action.toLowerCase();
  return (
    statement.actions.some((pattern) => matchesPattern(pattern.toLowerCase(), action)) &&
    matchesResource(statement, request.resource) &&
    matchesPrincipal(statement, request.principal) &&
    statement.conditions.every((condition) => holds(condition, request.context, log))
  );
}

function matchesResource({ resources }: Statement, resource: string | undefined): boolean {
  if (resources === undefined || resource === undefined) return true;
  return resources.some((pattern) => matchesPattern(pattern, resource));
}

function matchesPrincipal({ principals }: Statement, principal: AccessRequest["principal"]): boolean {
  if (principals === undefined) return true;
  return principals.some(
    ({ type, value }) => (type === "AWS" && value === "*") || (type === principal?.type && value === principal.value),
  );
}

type Test = (pattern: string, value: string) => boolean;

/**
 * IAM's condition operators without negation, set qualifier and `IfExists`. `Null` is apart: it asks for the key
 * alone.
 */
const OPERATORS: Record<string, Test> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  BinaryEquals: (pattern, value) => pattern === value,
  IpAddress: isInNetwork,
  ...comparisons("Numeric", Number),
  ...comparisons("Date", readDate),
};

function comparisons(kind: string, read: (text: string) => number): Record<string, Test> {
  const compare = (test: (value: number, limit: number) => boolean): Test => {
    return (pattern, value) => test(read(value), read(pattern));
  };
  return {
    [`${kind}Equals`]: compare((value, limit) => value === limit),
    [`${kind}LessThan`]: compare((value, limit) => value < limit),
    [`${kind}LessThanEquals`]: compare((value, limit) => value <= limit),
    [`${kind}GreaterThan`]: compare((value, limit) => value > limit),
    [`${kind}GreaterThanEquals`]: compare((value, limit) => value >= limit),
  };
}

/** IAM takes Unix seconds or ISO 8601. */
function readDate(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** Compares the six parts of ARNs one by one: `*` in a part stands for no colon outside the last one. */
function matchesArn(pattern: string, arn: string): boolean {
  const [patterns, parts] = [arnParts(pattern), arnParts(arn)];
  return parts.length === patterns.length && patterns.every((one, index) => matchesPattern(one, parts[index]!));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function isInNetwork(network: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.parse(address);
  const [base, length] = ipaddr.parseCIDR(network.includes("/") ? network : `${network}/32`);
  return ip.kind() === base.kind() && ip.match(base, length);
}

/** A condition operator in its parts, such as `ForAllValues:StringNotLikeIfExists`. */
function operatorParts(operator: string) {
  const [, qualifier, base = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const name = base.replace(/^(String|Arn|Numeric|Date)Not/, "$1").replace(/^NotIpAddress$/, "IpAddress");
  return {
    qualifier,
    test: OPERATORS[name],
    isNull: base === "Null",
    isNegated: name !== base,
    isOptional: !!ifExists,
  };
}

function holds(condition: Condition, context: ConditionContext, log: (line: string) => void): boolean {
  const { qualifier, test, isNull, isNegated, isOptional } = operatorParts(condition.operator);
  const values = [context[condition.key.toLowerCase()] ?? []].flat();
  const isMissing = values.length === 0;
  if (isNull) return condition.values.some((wanted) => (wanted.toLowerCase() === "true") === isMissing);
  if (test && isMissing && (isOptional || qualifier === "ForAllValues" || (isNegated && !qualifier))) return true;
  if (!test || isMissing) {
    if (!test || !(condition.key.toLowerCase() in context))
      log(`condition ${condition.operator} on ${condition.key} is not known in the rehearsal: taken as not met`);
    return false;
  }
  const isMet = (value: string) => condition.values.some((pattern) => test(pattern, value)) !== isNegated;
  return qualifier === "ForAllValues" ? values.every(isMet) : values.some(isMet);
}
