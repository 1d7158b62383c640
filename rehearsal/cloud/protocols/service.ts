import type { IncomingMessage } from "node:http";
import { type ZodRawShape, z } from "zod";
import { AwsError } from "../kernel/aws-error";

export type Input = Record<string, unknown>;

/** Identity of the one who signed a request. */
export interface Caller {
  arn: string;
  userId: string;
  /** Role of a temporary key; null for the account's administrator, who may do anything. */
  roleName: string | null;
}

export interface Call {
  caller: Caller;
  /** Aborted when the client hangs up. */
  signal: AbortSignal;
  /** When the request began to arrive, by `performance.now()`. */
  arrivedAtMs: number;
}

/** An answer that is more than a text with status 200. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** Performs one operation. Throws AwsError where AWS refuses. */
export type Operation = (input: Input, call: Call) => object | Promise<object>;

/** The form of a service's requests and answers on the wire. */
export interface Protocol {
  contentType: string;
  /** AWS's codes for requests that are refused before any operation. They differ by protocol. */
  refusals: { accessDenied: string; unknownKey: string; expiredToken: string };
  read(request: IncomingMessage, body: Buffer): { operation: string; input: Input };
  write(operation: string, output: object): string | Reply;
  writeError(code: string, message: string): string;
  /** HTTP status of an answer with that error code. Default: 400. */
  errorStatus?(code: string): number;
  /** Headers of an answer with that error code. */
  errorHeaders?(code: string): Record<string, string>;
}

/** Defines an operation with the parameters that it knows. It refuses any other parameter by name, and ignores none. */
export function operation<Shape extends ZodRawShape>(
  shape: Shape,
  perform: (input: z.output<z.ZodObject<Shape>>, call: Call) => object | Promise<object>,
): Operation {
  const schema = z.strictObject(shape);
  return (input, call) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return perform(parsed.data as z.output<z.ZodObject<Shape>>, call);
    const problems = parsed.error.issues.map((issue) => [...issue.path.map(String), issue.message].join(": "));
    throw new AwsError("ValidationException", `${problems.join("; ")}, in the rehearsal cloud`);
  };
}
