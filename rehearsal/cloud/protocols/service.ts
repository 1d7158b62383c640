import type { IncomingMessage } from "node:http";
import { type ZodRawShape, z } from "zod";
import type { Caller } from "../api/authorisation";
import { AwsError } from "../kernel/aws-error";

export type Input = Record<string, unknown>;

/** Who asks, and whether they are still there. */
export interface Call {
  caller: Caller;
  /** Aborted when the client hangs up. */
  signal: AbortSignal;
}

/** Performs one operation; throws AwsError where AWS refuses. */
export type Operation = (input: Input, call: Call) => object | Promise<object>;

/** How a service's requests and answers look on the wire. */
export interface Protocol {
  contentType: string;
  /** AWS's codes for what is refused before any operation: they differ by protocol. */
  refusals: { accessDenied: string; unknownKey: string };
  read(request: IncomingMessage, body: string): { operation: string; input: Input };
  write(operation: string, output: object): string;
  writeError(code: string, message: string): string;
  /** Headers of an error's answer. */
  errorHeaders?(code: string): Record<string, string>;
}

export interface ApiService {
  protocol: Protocol;
  operations: Record<string, Operation>;
}

/** An operation with the parameters that it knows: any other is refused by name, never ignored. */
export function operation<Shape extends ZodRawShape>(
  shape: Shape,
  perform: (input: z.output<z.ZodObject<Shape>>, call: Call) => object | Promise<object>,
): Operation {
  const schema = z.strictObject(shape);
  return (input, call) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return perform(parsed.data as z.output<z.ZodObject<Shape>>, call);
    const faults = parsed.error.issues.map((issue) => [...issue.path.map(String), issue.message].join(": "));
    throw new AwsError("ValidationException", `${faults.join("; ")}, in the rehearsal cloud`);
  };
}
