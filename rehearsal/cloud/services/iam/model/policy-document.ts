import { AwsError } from "../../../kernel/aws-error";

export interface Statement {
  effect: "Allow" | "Deny";
  /** Undefined in the policies of a role, which apply to the role itself. `*` stands for everybody. */
  principals: { type: string; value: string }[] | undefined;
  actions: string[];
  /** Undefined in trust policies. */
  resources: string[] | undefined;
  conditions: Condition[];
}

export interface Condition {
  /** Such as `StringEquals`. */
  operator: string;
  key: string;
  values: string[];
}

/** The use of a policy: the permissions of a role, the trust policy of a role, or a bucket policy. */
export type PolicyKind = "identity" | "trust" | "bucket";

/** Elements that AWS evaluates and the rehearsal does not. */
const NOT_MODELLED = ["NotAction", "NotResource", "NotPrincipal"];
const KNOWN_KEYS = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition", ...NOT_MODELLED];

/**
 * Parses a policy with the checks that AWS makes when the policy is stored.
 *
 * @throws AwsError `MalformedPolicyDocument` (bucket policies: `MalformedPolicy`)
 * @throws Error for an element that AWS evaluates and the rehearsal does not
 */
export function parsePolicy(json: string, kind: PolicyKind): Statement[] {
  const malformed = (message: string) =>
    new AwsError(kind === "bucket" ? "MalformedPolicy" : "MalformedPolicyDocument", message);
  const document = parseJson(json);
  if (document === undefined) {
    throw malformed(
      kind === "bucket"
        ? "Policies must be valid JSON and the first byte must be '{'"
        : "This policy contains invalid Json",
    );
  }
  const statements = listOf<Record<string, unknown>>(document.Statement);
  if (statements.length === 0) throw malformed("Syntax errors in policy.");
  const ids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(ids).size < ids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  return statements.map((statement) => parseStatement(statement, kind, malformed));
}

function parseStatement(
  statement: Record<string, unknown>,
  kind: PolicyKind,
  malformed: (message: string) => AwsError,
): Statement {
  for (const key of Object.keys(statement)) {
    if (NOT_MODELLED.includes(key)) {
      throw new Error(
        `the rehearsal cloud does not evaluate ${key} in policies: use ${key.slice("Not".length)} instead`,
      );
    }
    if (!KNOWN_KEYS.includes(key)) throw malformed("Syntax errors in policy.");
  }
  const { Effect, Principal, Action, Resource, Condition } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw malformed("Syntax errors in policy.");
  const actions = listOf<string>(Action);
  if (actions.length === 0) throw malformed("Policy statement must contain actions.");
  if (actions.some((action) => action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action))) {
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (kind === "identity" && Principal !== undefined)
    throw malformed("Policy document should not specify a principal.");
  if (kind !== "identity" && Principal === undefined)
    throw malformed("Missing required field Principal cannot be empty!");
  if (kind === "trust" && Resource !== undefined) throw malformed("Has prohibited field Resource");
  const resources = listOf<string>(Resource);
  if (kind !== "trust" && resources.length === 0) throw malformed("Policy statement must contain resources.");
  const wrong = resources.find((resource) => resource !== "*" && !resource.startsWith("arn:"));
  if (wrong !== undefined) throw malformed(`Resource ${wrong} must be in ARN format or "*".`);
  return {
    effect: Effect,
    principals: kind === "identity" ? undefined : parsePrincipals(Principal),
    actions,
    resources: kind === "trust" ? undefined : resources,
    conditions: parseConditions(Condition),
  };
}

function parsePrincipals(principal: unknown): { type: string; value: string }[] {
  if (typeof principal === "string") return [{ type: "AWS", value: principal }];
  return Object.entries(principal as Record<string, string | string[]>).flatMap(([type, values]) =>
    listOf<string>(values).map((value) => ({ type, value })),
  );
}

function parseConditions(block: unknown): Condition[] {
  return Object.entries((block ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf<unknown>(values).map(String) })),
  );
}

function parseJson(json: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(json);
    return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The values of an element, which a policy gives as one value or a list. */
function listOf<Item>(value: unknown): Item[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as Item[];
}
