import type { CloudContext } from "../kernel/context";
import { untilEnded } from "../kernel/faults";
import { type CallFailure, retriesExhausted, SERVER_ERROR } from "./call-faults";

const CHANGES = {
  failRule: "elasticloadbalancing",
  failRecord: "route53",
} as const;

/**
 * Injects a fault into the change of a rule or a record. Called before the change.
 * @param names what is changed, such as `users.example.com on web-public`
 * @returns a function to call after the change took effect
 * @throws Error of the provider: at once, or from the returned function if only the answer is lost
 */
export function beginChange(
  context: CloudContext,
  kind: keyof typeof CHANGES,
  operation: string,
  names: string,
): () => void {
  const fault = context.faults?.inject(
    kind,
    ({ match }) => match === undefined || names.includes(match),
    `${operation} ${names}`,
  );
  if (!fault) return () => {};
  const failed = (cause: CallFailure | "answer lost") =>
    retriesExhausted(context, `${CHANGES[kind]}:${operation}`, cause);
  // The provider's client would have retried this and given up. The time that this takes is not played.
  if (fault.parameters.when === "before") throw failed(SERVER_ERROR);
  return () => {
    throw failed("answer lost");
  };
}

/** A record change that some name servers do not get yet. */
export interface HeldChange {
  /** The first name server that waits. */
  from: number;
  released: Promise<void>;
}

/** Returns how a record change stays PENDING for a while (R5); undefined if it does not. */
export function holdChange({ faults }: CloudContext, names: string): HeldChange | undefined {
  const fault = faults?.inject("pendingRecord", ({ match }) => match === undefined || names.includes(match), names);
  if (!fault) return undefined;
  return { from: fault.parameters.nameServers, released: untilEnded(fault) };
}
