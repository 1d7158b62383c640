import type { Condition, Statement } from "./policy-document";

export interface AccessRequest {
  /** The caller by type (`Service`, `AWS`, `Federated`) and value, for statements with principals. */
  principal?: { type: string; value: string };
  action: string;
  /** ARN, or `*` to ask whether any resource is allowed. Undefined for trust policies. */
  resource?: string;
  /** The values of condition keys, by key in lower case. */
  context: Record<string, string>;
}

/**
 * Whether a statement allows the request and none denies it.
 * @param log gets a line for each condition with an unknown operator or key, which never matches
 */
export function isAllowed(statements: Statement[], request: AccessRequest, log: (line: string) => void): boolean {
  const matching = statements.filter((statement) => matches(statement, request, log));
  return matching.some(({ effect }) => effect === "Allow") && matching.every(({ effect }) => effect === "Allow");
}

/** Whether the text matches the pattern. `*` stands for any text, `?` for any character. */
function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
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

function matchesResource({ effect, resources }: Statement, resource: string | undefined): boolean {
  if (resources === undefined || resource === undefined) return true;
  // For "any resource", one allowed resource is enough, and only a denial of all resources counts.
  if (resource === "*") return effect === "Allow" || resources.includes("*");
  return resources.some((pattern) => matchesPattern(pattern, resource));
}

function matchesPrincipal({ principals }: Statement, principal: AccessRequest["principal"]): boolean {
  if (principals === undefined) return true;
  return principals.some(
    ({ type, value }) => (type === "AWS" && value === "*") || (type === principal?.type && value === principal.value),
  );
}

/** The operators that the policies of services use. A condition with any other operator is not met. */
const OPERATORS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesPattern,
  ArnLike: matchesPattern,
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};

function holds(condition: Condition, context: Record<string, string>, log: (line: string) => void): boolean {
  const isOptional = condition.operator.endsWith("IfExists");
  const name = isOptional ? condition.operator.slice(0, -"IfExists".length) : condition.operator;
  const negated = name.startsWith("StringNot") || name.startsWith("ArnNot");
  const operator = OPERATORS[negated ? name.replace("Not", "") : name];
  const value = context[condition.key.toLowerCase()];
  if (!operator || (value === undefined && !isOptional && !negated)) {
    log(`condition ${condition.operator} on ${condition.key} is not known in the rehearsal: taken as not met`);
    return false;
  }
  if (value === undefined) return true;
  return condition.values.some((pattern) => operator(pattern, value)) !== negated;
}
