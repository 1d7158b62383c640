import type { CloudContext } from "../kernel/context";
import { type CallFailure, retriesExhausted, SERVER_ERROR } from "./call-faults";

const CHANGES = {
  failRule: "elasticloadbalancing",
  failRecord: "route53",
} as const;

/**
 * Asked before a rule or a record is changed.
 * @param names what is changed, such as `users.example.com on web-public`
 * @returns to be called when the change took effect
 * @throws Error as the provider ends with: at once, or from what is returned when only the answer is lost
 */
export function beginChange(
  context: CloudContext,
  kind: keyof typeof CHANGES,
  operation: string,
  names: string,
): () => void {
  const fault = context.faults?.strike(
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

/** A change that is kept from its name servers. */
export interface HeldChange {
  /** Name servers from this one on wait. */
  from: number;
  released: Promise<void>;
}

/** Whether a record change stays PENDING for a while (R5). */
export function holdChange({ faults }: CloudContext, names: string): HeldChange | undefined {
  const fault = faults?.strike("pendingRecord", ({ match }) => match === undefined || names.includes(match), names);
  if (!fault) return undefined;
  const { signal } = fault.ended;
  const released = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  return { from: fault.parameters.nameServers, released };
}
