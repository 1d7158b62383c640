import { AwsError } from "../../../kernel/aws-error";
import { isAllowed } from "../../iam/model/evaluate";
import { parsePolicy, type Statement } from "../../iam/model/policy-document";

/** Resource policies of an account in a region, which AWS does not raise (W18). */
const MAX_POLICIES = 10;
const MAX_CHARACTERS = 5120;

/** The account's resource policies, by which services of AWS may write to its log groups. */
export class ResourcePolicies {
  readonly #policies = new Map<string, { document: string; statements: Statement[] }>();

  /**
   * Creates a policy or changes it.
   * @throws AwsError `InvalidParameterException`, `LimitExceededException` (W18)
   */
  put(name: string, document: string): void {
    const statements = parsed(document);
    if (!this.#policies.has(name) && this.#policies.size >= MAX_POLICIES)
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    this.#policies.set(name, { document, statements });
  }

  /** Returns the document; undefined if there is no such policy. */
  find(name: string): string | undefined {
    return this.#policies.get(name)?.document;
  }

  delete(name: string): void {
    this.#policies.delete(name);
  }

  /** Whether a service may do this to a resource. @param log gets a line for each condition that is not known */
  allow(service: string, action: string, resource: string, log: (line: string) => void): boolean {
    const statements = [...this.#policies.values()].flatMap((policy) => policy.statements);
    const principal = { type: "Service", value: service };
    return isAllowed(statements, { principal, action, resource, context: {} }, log);
  }
}

function parsed(document: string): Statement[] {
  if (document.length > MAX_CHARACTERS)
    throw new AwsError("InvalidParameterException", `policyDocument has more than ${MAX_CHARACTERS} characters`);
  try {
    return parsePolicy(document, "bucket");
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidParameterException", `Unknown policy document: ${error.message}`);
  }
}
