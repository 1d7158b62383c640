import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { MAX_NAME_LENGTH, policySize, refuseName } from "./limits";
import { MANAGED_POLICIES } from "./managed-policies";
import { parsePolicy, type Statement } from "./policy-document";

/** Default quota of a policy's size, in characters (aws-rules I2). */
const MAX_SIZE = 6144;

export interface ManagedPolicy {
  arn: string;
  id: string;
  name: string;
  path: string;
  description: string;
  json: string;
  statements: Statement[];
}

/** Managed policies: the customer managed policies of the account, and the AWS managed policies. */
export class Policies {
  readonly #byArn = new Map<string, ManagedPolicy>();

  /** @param onChange called with the ARN of a policy whose content has changed */
  constructor(
    private readonly context: CloudContext,
    private readonly onChange: (arn: string) => void = () => {},
  ) {}

  create(settings: { name: string; path: string; description: string; json: string }): ManagedPolicy {
    const { name, path, json } = settings;
    refuseName(name, "policyName", MAX_NAME_LENGTH.policy);
    const arn = `arn:aws:iam::${this.context.accountId}:policy${path}${name}`;
    if ([...this.#byArn.values()].some((policy) => policy.name.toLowerCase() === name.toLowerCase())) {
      throw new AwsError(
        "EntityAlreadyExists",
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      );
    }
    const id = `ANPA${this.context.random.hex(17).toUpperCase()}`;
    const policy: ManagedPolicy = { ...settings, arn, id, statements: readPolicy(json) };
    this.#byArn.set(arn, policy);
    return policy;
  }

  find(arn: string): ManagedPolicy | undefined {
    return this.#byArn.get(arn);
  }

  /** Replaces the policy's content, as a new default version does. */
  setJson(arn: string, json: string): ManagedPolicy {
    const policy = this.#byArn.get(arn);
    if (!policy) throw missing(arn);
    Object.assign(policy, { json, statements: readPolicy(json) });
    this.onChange(arn);
    return policy;
  }

  /**
   * The statements of a policy.
   * @throws AwsError `NoSuchEntity` if the policy does not exist
   * @throws Error for an AWS managed policy whose content the rehearsal does not have
   */
  statements(arn: string): Statement[] {
    const own = this.#byArn.get(arn);
    if (own) return own.statements;
    const json = MANAGED_POLICIES[arn];
    if (json) return parsePolicy(json, "identity");
    if (!arn.startsWith("arn:aws:iam::aws:policy/")) throw missing(arn);
    throw new Error(
      `the rehearsal cloud does not know what ${arn} allows; known are ${Object.keys(MANAGED_POLICIES).join(", ")}`,
    );
  }

  /** @param attached true if the policy is attached to a role */
  delete(arn: string, attached: boolean): void {
    if (!this.#byArn.has(arn)) throw missing(arn);
    if (attached) throw new AwsError("DeleteConflict", "Cannot delete a policy attached to entities.");
    this.#byArn.delete(arn);
  }
}

function readPolicy(json: string): Statement[] {
  const statements = parsePolicy(json, "identity");
  if (policySize(json) > MAX_SIZE)
    throw new AwsError("LimitExceeded", `Cannot exceed quota for PolicySize: ${MAX_SIZE}`);
  return statements;
}

function missing(arn: string): AwsError {
  return new AwsError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`);
}
