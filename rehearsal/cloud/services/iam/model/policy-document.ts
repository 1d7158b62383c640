import { AwsError } from "../../../kernel/aws-error";
import { isPrincipal } from "./principals";

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

/** V6: the versions of the policy language. IAMG Version */
const VERSIONS = ["2012-10-17", "2008-10-17"];
const DOCUMENT_KEYS = ["Version", "Id", "Statement"];
/** IAMG condition operators: these, with `IfExists`, and for keys of several values with a prefix. */
const OPERATOR =
  /^(?:ForAllValues:|ForAnyValue:)?(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Numeric(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Date(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?$|^Null$/i;
/** A condition key: a service's or AWS's prefix, or an identity provider's host, then a colon. */
const CONDITION_KEY = /^[\w.\-/]+:.+$/;
/** Partition, service, region, account and resource; all but the service may have wildcards (I19). IAMG ARNs */
const RESOURCE_ARN = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s;
const PARTITION = /^(?:aws(?:-cn|-us-gov|-iso(?:-[bef])?|-eusc)?|[\w-]*[*?][\w*?-]*)$/;
const ANY = /^[*?]*$/;
/** Services whose ARNs have no region, and those whose ARNs have neither region nor account. */
const WITHOUT_REGION = ["iam", "s3", "cloudfront", "route53"];
const WITHOUT_ACCOUNT = ["s3", "route53"];

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
  const { Version } = document;
  if (Version !== undefined && !VERSIONS.includes(Version as string)) {
    throw malformed("The policy must contain a valid version string");
  }
  const unknown = Object.keys(document).some((key) => !DOCUMENT_KEYS.includes(key));
  const statements = listOf<Record<string, unknown>>(document.Statement);
  if (unknown || statements.length === 0) throw malformed("Syntax errors in policy.");
  const ids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(ids).size < ids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  // Policies of buckets and queues may have spaces in them. LOGS: aws-iam-policy#5
  if (kind !== "bucket" && ids.some((sid) => !/^[0-9A-Za-z]*$/.test(String(sid)))) {
    throw malformed(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
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
  if (kind === "trust" && actions.some((action) => !/^sts:/i.test(action))) {
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  if (kind === "identity" && Principal !== undefined)
    throw malformed("Policy document should not specify a principal.");
  if (kind !== "identity" && Principal === undefined)
    throw malformed("Missing required field Principal cannot be empty!");
  if (kind === "trust" && Resource !== undefined) throw malformed("Has prohibited field Resource");
  const resources = listOf<string>(Resource);
  if (kind !== "trust" && resources.length === 0) throw malformed("Policy statement must contain resources.");
  for (const resource of resources) checkResource(resource, malformed);
  const principals = kind === "identity" ? undefined : parsePrincipals(Principal);
  const wrong = principals?.find(({ type, value }) => !isPrincipal(type, value));
  if (wrong) throw malformed(kind === "trust" ? invalidPrincipal(wrong) : "Invalid principal in policy");
  const conditions = parseConditions(Condition);
  for (const { operator, key } of conditions) {
    if (!OPERATOR.test(operator)) throw malformed(`Invalid Condition type : ${operator}`);
    if (!CONDITION_KEY.test(key)) {
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
  return {
    effect: Effect,
    principals,
    actions,
    resources: kind === "trust" ? undefined : resources,
    conditions,
  };
}

/** IAM's words for a principal that it does not take, in a trust policy. */
export function invalidPrincipal({ type, value }: { type: string; value: string }): string {
  return `Invalid principal in policy: "${type === "AWS" ? type : type.toUpperCase()}":"${value}"`;
}

function checkResource(resource: string, malformed: (message: string) => AwsError): void {
  if (resource === "*") return;
  const [, partition, service = "", region, account] = RESOURCE_ARN.exec(resource) ?? [];
  if (partition === undefined || /^$|[*?]/.test(service))
    throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  if (!PARTITION.test(partition)) throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`);
  if (!ANY.test(region!) && WITHOUT_REGION.includes(service)) {
    throw malformed(`${service} resource ${resource} can not contain region information.`);
  }
  if (!ANY.test(account!) && WITHOUT_ACCOUNT.includes(service)) {
    throw malformed(`${service} resource ${resource} can not contain account information.`);
  }
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
