import { AwsError } from "../kernel/aws-error";
import type { AwsCall } from "../kernel/aws-services";
import models from "./botocore.json";

/** The operations of one service with their inputs, and the shapes that the inputs are made of, by name. */
export interface ApiModel {
  operations: Record<string, string>;
  shapes: Record<string, Shape>;
}

/** What a model says about a value. The names of other shapes are keys of the service's shapes. */
export interface Shape {
  type: string;
  /** Lowest number, or smallest number of characters or items. */
  min?: number;
  max?: number;
  /** Java's regular expression for the whole text. */
  pattern?: string;
  enum?: string[];
  required?: string[];
  /** The member that a REST request has as its body, where the others are in its path and headers. */
  payload?: string;
  /** The members of a structure, each with the name of its shape. */
  members?: Record<string, string>;
  /** The name of the shape of a list's elements. */
  member?: string;
  /** The name of the shape of a map's keys. */
  key?: string;
  /** The name of the shape of a map's values. */
  value?: string;
}

/** How a service names the refusal of a value. The default is the code of the AWS Query protocol. */
const VALIDATION_CODES: Record<string, string> = {
  acm: "ValidationException",
  ec2: "InvalidParameterValue",
  ecr: "InvalidParameterException",
  ecs: "InvalidParameterException",
  logs: "InvalidParameterException",
  route53: "InvalidInput",
  s3: "InvalidArgument",
  secretsmanager: "ValidationException",
  servicequotas: "IllegalArgumentException",
  sqs: "InvalidParameterValue",
  ssm: "ValidationException",
};
const DEFAULT_CODE = "ValidationError";
const SERVICES = models.services as Record<string, ApiModel>;
const NUMBERS = ["integer", "long", "float", "double"];

/** Returns the input of a call; undefined if the call is not in the models, or has no input. */
export function inputOf(call: AwsCall): { model: ApiModel; shape: Shape } | undefined {
  const [service = "", operation = ""] = call.split(":");
  const model = SERVICES[service];
  const name = model?.operations[operation];
  return model && name !== undefined ? { model, shape: model.shapes[name]! } : undefined;
}

/** Returns AWS's code for a value that a service refuses. */
export function validationCode(call: AwsCall): string {
  return VALIDATION_CODES[call.split(":")[0]!] ?? DEFAULT_CODE;
}

/**
 * Checks the values of a request by the API's model (V1). A call that is not in the models passes.
 * @param request as in the API's documentation; numbers may be texts, as in the AWS Query protocol
 * @param isWhole true if missing members are missing; false for a request that holds only what a resource declares
 * @throws AwsError in the words of AWS, with every problem
 */
export function checkRequest(call: AwsCall, request: unknown, isWhole: boolean): void {
  const input = inputOf(call);
  if (!input) return;
  const problems = problemsOf(input.model, input.shape, request, "", isWhole);
  if (problems.length === 0) return;
  // EC2 does not count its problems.
  if (call.startsWith("ec2:")) throw new AwsError(validationCode(call), problems.join("; "));
  const count = problems.length === 1 ? "1 validation error" : `${problems.length} validation errors`;
  throw new AwsError(validationCode(call), `${count} detected: ${problems.join("; ")}`);
}

function problemsOf(model: ApiModel, shape: Shape, value: unknown, path: string, isWhole: boolean): string[] {
  const inner = (name: string | undefined, one: unknown, at: string) =>
    name === undefined ? [] : problemsOf(model, model.shapes[name]!, one, at, isWhole);
  if (shape.type === "structure" && isRecord(value)) {
    // The body of a REST request is read by its service.
    const required = (shape.required ?? []).filter((name) => name !== shape.payload);
    const missing = isWhole ? required.filter((name) => value[name] === undefined) : [];
    return [
      ...missing.map(
        (name) => `Value null at '${member(path, name)}' failed to satisfy constraint: Member must not be null`,
      ),
      ...Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .flatMap(([name, one]) => inner(shape.members?.[name], one, member(path, name))),
    ];
  }
  if (shape.type === "list" && Array.isArray(value)) {
    return [
      ...sizeProblems(shape, value, value.length, path),
      ...value.flatMap((one, index) => inner(shape.member, one, `${path}.${index + 1}.member`)),
    ];
  }
  if (shape.type === "map" && isRecord(value)) {
    return Object.entries(value).flatMap(([key, one]) => [
      ...inner(shape.key, key, `${path}.${key}.key`),
      ...inner(shape.value, one, `${path}.${key}.value`),
    ]);
  }
  if (shape.type === "string" && typeof value === "string") return textProblems(shape, value, path);
  if (NUMBERS.includes(shape.type) && isNumber(value)) return rangeProblems(shape, Number(value), path);
  return [];
}

function textProblems(shape: Shape, value: string, path: string): string[] {
  const { pattern, enum: values } = shape;
  return [
    ...sizeProblems(shape, value, value.length, path),
    ...(pattern === undefined || expression(pattern).test(value)
      ? []
      : [problem(value, path, `Member must satisfy regular expression pattern: ${pattern}`)]),
    ...(values === undefined || values.includes(value)
      ? []
      : [problem(value, path, `Member must satisfy enum value set: [${shortened(values)}]`)]),
  ];
}

/** At most 20 values, so that a refusal stays one line. */
function shortened(values: string[]): string {
  return values.length > 20 ? `${values.slice(0, 20).join(", ")}, ...` : values.join(", ");
}

function sizeProblems({ min, max }: Shape, value: unknown, size: number, path: string): string[] {
  if (min !== undefined && size < min) {
    return [problem(value, path, `Member must have length greater than or equal to ${min}`)];
  }
  if (max !== undefined && size > max) {
    return [problem(value, path, `Member must have length less than or equal to ${max}`)];
  }
  return [];
}

function rangeProblems({ min, max }: Shape, value: number, path: string): string[] {
  if (min !== undefined && value < min) {
    return [problem(value, path, `Member must have value greater than or equal to ${min}`)];
  }
  if (max !== undefined && value > max) {
    return [problem(value, path, `Member must have value less than or equal to ${max}`)];
  }
  return [];
}

function problem(value: unknown, path: string, constraint: string): string {
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
  return `Value '${shown}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** AWS writes the names of members with a small first letter. */
function member(path: string, name: string): string {
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return path === "" ? small : `${path}.${small}`;
}

const expressions = new Map<string, RegExp>();

/** Java's `matches` compares the whole text. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(`^(?:${pattern})$`, "u");
  expressions.set(pattern, known);
  return known;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && value !== "" && Number.isFinite(Number(value)));
}
