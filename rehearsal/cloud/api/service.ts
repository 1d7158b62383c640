import type { IncomingMessage } from "node:http";

export type Input = Record<string, unknown>;

/** Performs one operation; throws AwsError where AWS refuses. */
export type Operation = (input: Input) => Record<string, unknown>;

/** How a service's requests and answers look on the wire. */
export interface Protocol {
  contentType: string;
  read(request: IncomingMessage, body: string): { operation: string; input: Input };
  write(operation: string, output: Record<string, unknown>): string;
  writeError(code: string, message: string): string;
}

export interface ApiService {
  protocol: Protocol;
  operations: Record<string, Operation>;
}
