import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

const MAX_NAME_LENGTH = 1011;
const MAX_LEVELS = 15;
/**
 * Limit in bytes for the value of a standard parameter. Advanced parameters, which can be twice as large, are not
 * supported.
 */
const MAX_VALUE_BYTES = 4096;

export const PARAMETER_TYPES = ["String", "StringList", "SecureString"] as const;

export interface Parameter {
  name: string;
  arn: string;
  type: (typeof PARAMETER_TYPES)[number];
  value: string;
  description: string | undefined;
  version: number;
  changedAtMs: number;
}

/**
 * The standard tier of SSM's Parameter Store (aws-rules P1, P2). Values are only in memory, never in a log, an event
 * or the engine's state.
 */
export class ParameterStore {
  readonly #byName = new Map<string, Parameter>();

  constructor(private readonly context: CloudContext) {}

  get all(): Parameter[] {
    return [...this.#byName.values()];
  }

  /** @param settings `type` undefined keeps the type of the existing parameter */
  put(settings: {
    name: string;
    value: string;
    type: Parameter["type"] | undefined;
    description: string | undefined;
    overwrite: boolean;
  }): Parameter {
    const { name, value, description, overwrite } = settings;
    checkName(name);
    if (value === "" || Buffer.byteLength(value) > MAX_VALUE_BYTES) {
      throw new AwsError(
        "ValidationException",
        `Standard tier parameters support a maximum parameter value of ${MAX_VALUE_BYTES} characters, and at least 1. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
      );
    }
    const existing = this.#byName.get(name);
    if (existing && !overwrite) {
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const type = settings.type ?? existing?.type;
    if (type === undefined)
      throw new AwsError("ValidationException", "A parameter type is required when you create a parameter.");
    const parameter: Parameter = {
      name,
      arn: this.arnOf(name),
      type,
      value,
      description: description ?? existing?.description,
      version: (existing?.version ?? 0) + 1,
      changedAtMs: Date.now(),
    };
    this.#byName.set(name, parameter);
    return parameter;
  }

  /** @param nameOrArn an ARN does not contain the first slash of a name */
  find(nameOrArn: string): Parameter | undefined {
    const [, fromArn] = /^arn:aws:ssm:[^:]+:[^:]+:parameter\/(.+)$/.exec(nameOrArn) ?? [];
    if (fromArn === undefined) return this.#byName.get(nameOrArn);
    return this.all.find(({ arn }) => arn === nameOrArn);
  }

  arnOf(name: string): string {
    return `arn:aws:ssm:${this.context.region}:${this.context.accountId}:parameter/${name.replace(/^\//, "")}`;
  }
}

function checkName(name: string): void {
  const invalid = (why: string) => new AwsError("ValidationException", why);
  if (name.length > MAX_NAME_LENGTH) throw invalid(`Parameter name must have at most ${MAX_NAME_LENGTH} characters.`);
  if (!/^[\w./-]+$/.test(name)) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.includes("/") && !name.startsWith("/")) throw invalid("Parameter name must be a fully qualified name.");
  const levels = name.split("/").filter((part) => part !== "").length;
  if (levels > MAX_LEVELS) {
    throw new AwsError(
      "HierarchyLevelLimitExceededException",
      `The hierarchy of the parameter name has more than ${MAX_LEVELS} levels.`,
    );
  }
}
