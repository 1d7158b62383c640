/** AWS's refusal of a call: a code for programs, and a sentence for a person. */
export class AwsError extends Error {
  /**
   * @param code AWS's error code, such as `DuplicateLoadBalancerName`
   * @param message AWS's own wording where it is known (aws-rules.md)
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "AwsError";
  }
}

/** Returns what was found. @throws AwsError with that code and message if there is nothing */
export function orNotFound<Found>(found: Found | undefined, code: string, message: string): Found {
  if (found === undefined) throw new AwsError(code, message);
  return found;
}

/** The resource exists, but the wait for it to be ready failed, such as by the provider's time-out. */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Record<string, unknown>,
  ) {
    super(message);
    this.name = "NotReadyError";
  }
}
